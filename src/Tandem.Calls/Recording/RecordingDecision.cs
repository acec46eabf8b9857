using Tandem.Calls.Calls;

namespace Tandem.Calls.Recording;

/// <summary>
/// Which rule holds for a call. Rules of its extensions go before that of its trunk, and that before the tenant's. Of two extensions the one that is
/// not to be recorded decides, else the one of which more is recorded.
/// </summary>
internal static class RecordingDecision
{
    /// <summary>The rule of a call that two phones talk in, or one with the exchange.</summary>
    public static RecordingRule Of(CallEnvironment environment, CallSnapshot call)
    {
        var isFlagged = environment.IsRecorded(call.Tenant, call.CallerNumber) || environment.IsRecorded(call.Tenant, call.CalleeNumber);
        var rules = environment.RecordingRules;
        RecordingRule? rule = null;
        if (rules.HasAny(call.Tenant))
        {
            rule = Stronger(rules.Find(call.Tenant, RecordingScope.Extension(call.CallerNumber)), rules.Find(call.Tenant, RecordingScope.Extension(call.CalleeNumber)));
            if (rule is null && !isFlagged)
                rule = call.ProfileId.Length > 0 ? rules.Find(call.Tenant, RecordingScope.Trunk(call.ProfileId)) : null;
            if (rule is null && !isFlagged)
                rule = rules.Find(call.Tenant, RecordingScope.Tenant);
        }

        return rule ?? (isFlagged ? RecordingRule.Everything : RecordingRule.Default);
    }

    /// <summary>
    /// The rule that comes into force when a caller of a queue gets an agent: the agent's, or the queue's. Null when neither has one, or the caller's own goes before: what was decided
    /// about the call stays.
    /// </summary>
    public static RecordingRule? OfQueue(CallEnvironment environment, CallSnapshot call, string queue, string agent)
    {
        var rules = environment.RecordingRules;
        if (!rules.HasAny(call.Tenant))
            return environment.IsRecorded(call.Tenant, agent) ? RecordingRule.Everything : null;

        var callers = rules.Find(call.Tenant, RecordingScope.Extension(call.CallerNumber));
        var agents = agent == call.CallerNumber ? null : rules.Find(call.Tenant, RecordingScope.Extension(agent));
        if (callers is not null || agents is not null)
            return agents is null ? null : Stronger(callers, agents);

        return environment.IsRecorded(call.Tenant, agent) ? RecordingRule.Everything : rules.Find(call.Tenant, RecordingScope.Queue(queue));
    }

    /// <summary>The rule of a room, or of a queue; the tenant's where it has none of its own.</summary>
    public static RecordingRule Of(CallEnvironment environment, Tenants.TenantId tenant, string scope)
    {
        var rules = environment.RecordingRules;
        return rules.HasAny(tenant) ? rules.Find(tenant, scope) ?? RecordingRule.Default : RecordingRule.Default;
    }

    /// <summary>Whether this call is one of those that a rule has recorded without being asked.</summary>
    public static bool IsChosen(RecordingRule rule, Random random) => rule.Mode switch
    {
        RecordingMode.Always => true,
        RecordingMode.Percent => random.Next(100) < rule.Percent,
        _ => false,
    };

    private static RecordingRule? Stronger(RecordingRule? a, RecordingRule? b)
    {
        if (a is null || b is null)
            return a ?? b;
        if (a.Mode == RecordingMode.Never || b.Mode == RecordingMode.Never)
            return a.Mode == RecordingMode.Never ? a : b;

        return a.Mode >= b.Mode ? a : b;
    }
}
