using Tandem.Calls.Calls;

namespace Tandem.Calls.Recording;

/// <summary>
/// Which rule holds for a call. Rules of the extensions that talk go before that of its queue, that before that of its trunk, and that before the tenant's. Of two extensions the one
/// that is not to be recorded decides, else the one of which more is recorded.
/// </summary>
public static class RecordingDecision
{
    /// <summary>The rule of a call that two phones talk in, or one with the exchange.</summary>
    /// <param name="call">The call; who has answered counts, and who was called only while nobody has, or somebody outside.</param>
    /// <param name="queue">The queue that brought the two together; empty for none.</param>
    internal static RecordingRule Of(LiveCall call, string queue)
    {
        var environment = call.Environment;
        var snapshot = call.Model.Snapshot;
        var (tenant, caller, callee) = (snapshot.Tenant, snapshot.CallerNumber, call.Answerer);
        if (callee.Length == 0)
            callee = snapshot.CalleeNumber;
        var isFlagged = environment.IsRecorded(tenant, caller) || environment.IsRecorded(tenant, callee);
        var rules = environment.RecordingRules;
        RecordingRule? rule = null;
        if (rules.HasAny(tenant))
        {
            rule = Stronger(rules.Find(tenant, RecordingScope.Extension(caller)), rules.Find(tenant, RecordingScope.Extension(callee)));
            if (rule is null && !isFlagged)
                rule = queue.Length > 0 ? rules.Find(tenant, RecordingScope.Queue(queue)) : null;
            if (rule is null && !isFlagged)
                rule = snapshot.ProfileId.Length > 0 ? rules.Find(tenant, RecordingScope.Trunk(snapshot.ProfileId)) : null;
            if (rule is null && !isFlagged)
                rule = rules.Find(tenant, RecordingScope.Tenant);
        }

        return rule ?? (isFlagged ? RecordingRule.Everything : RecordingRule.Default);
    }

    /// <summary>The rule of a room; the tenant's where it has none of its own. One that tells first records no room by itself: in a room nobody is told.</summary>
    public static RecordingRule OfRoom(IRecordingRules rules, Tenants.TenantId tenant, string room)
    {
        if (!rules.HasAny(tenant))
            return RecordingRule.Default;

        var rule = rules.Find(tenant, RecordingScope.Room(room)) ?? rules.Find(tenant, RecordingScope.Tenant) ?? RecordingRule.Default;
        return rule.Announcement.Length > 0 && rule.Mode != RecordingMode.Never ? RecordingRule.Default : rule;
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
