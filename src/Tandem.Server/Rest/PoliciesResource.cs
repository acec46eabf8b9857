using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>What is recorded (<c>/api/v1/recording-rules</c>), and how supervisors monitor by telephone (<c>/api/v1/monitor-rules</c>). The next call meets them.</summary>
public static class PoliciesResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/recording-rules", RulesAsync).Needs(Permission.RecordingsRead).WithSummary("What is recorded, by scope");
        api.MapPut("/recording-rules/{scope}", SetRuleAsync).VersionedBy(RuleVersionAsync).Needs(Permission.RecordingsWrite).Produces<Failure>(400).Produces<Failure>(409)
            .WithSummary("Sets what is recorded of tenant, extension:N, trunk:ID, queue:ID or room:N");
        api.MapDelete("/recording-rules/{scope}", RemoveRuleAsync).VersionedBy(RuleVersionAsync).Needs(Permission.RecordingsWrite).Produces<Failure>(404).WithSummary("Takes a rule back");
        api.MapGet("/monitor-rules", MonitorAsync).VersionedBy(MonitorVersionAsync).Needs(Permission.MonitorCalls).WithSummary("Who monitors by telephone, and what agents notice");
        api.MapPut("/monitor-rules", SetMonitorAsync).VersionedBy(MonitorVersionAsync).Needs(Permission.SettingsWrite).Produces<Failure>(400).WithSummary("Sets that; a PIN that is left out stays");
    }

    private static async ValueTask<object?> RuleVersionAsync(HttpContext context, Identity who) =>
        (await context.Service<TandemStorage>().Policies.RecordingRulesAsync(who.Tenant, context.RequestAborted)).Where(rule => rule.Scope == context.Part("scope"))
        .Select(rule => RecordingRuleView.From(rule.Scope, rule.Rule)).FirstOrDefault();

    private static async ValueTask<object?> MonitorVersionAsync(HttpContext context, Identity who) =>
        MonitorRulesView.From(await context.Service<TandemStorage>().Policies.MonitorRulesAsync(who.Tenant, context.RequestAborted));

    private static async Task<Ok<Envelope<List<RecordingRuleView>>>> RulesAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data((await storage.Policies.RecordingRulesAsync(who.Tenant, cancellation)).Select(rule => RecordingRuleView.From(rule.Scope, rule.Rule)).ToList());

    private static async Task<Results<Ok<Envelope<RecordingRuleView>>, JsonHttpResult<Failure>>> SetRuleAsync(
        Identity who, TandemStorage storage, TandemOptions options, AuditLog audit, string scope, RecordingRuleBody body, CancellationToken cancellation)
    {
        if (!RecordingScope.IsScope(scope))
            return ApiAnswer.Fail(400, "BAD_SCOPE", "scope must be tenant, extension:N, trunk:ID, queue:ID or room:N");
        if (RecordingRuleView.ModeOf(body.Mode) is not { } mode)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "mode must be never, on-demand, percent or always");

        var rule = new RecordingRule { Mode = mode, Percent = body.Percent, Announcement = body.Announcement ?? "" };
        if (rule.Problem(scope) is { } problem)
            return ApiAnswer.Fail(400, "BAD_REQUEST", problem);

        if (!await storage.Policies.SaveAsync(who.Tenant, scope, rule, cancellation))
            return ApiAnswer.Fail(409, "LIMIT", $"there are {options.Storage.MaxPolicies} rules, and more are not kept (POLICY_MAX)");

        audit.Write(who, "recording-rule.set", scope, $"{body.Mode} {rule.Percent} {rule.Announcement}");
        return ApiAnswer.Data(RecordingRuleView.From(scope, rule));
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> RemoveRuleAsync(
        Identity who, TandemStorage storage, AuditLog audit, string scope, CancellationToken cancellation)
    {
        if (!await storage.Policies.RemoveRecordingRuleAsync(who.Tenant, scope, cancellation))
            return ApiAnswer.Fail(404, "NOT_FOUND", "No such rule");

        audit.Write(who, "recording-rule.remove", scope);
        return ApiAnswer.Data(new Done("Rule removed"));
    }

    private static async Task<Ok<Envelope<MonitorRulesView>>> MonitorAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data(MonitorRulesView.From(await storage.Policies.MonitorRulesAsync(who.Tenant, cancellation)));

    private static async Task<Results<Ok<Envelope<MonitorRulesView>>, JsonHttpResult<Failure>>> SetMonitorAsync(
        Identity who, TandemStorage storage, AuditLog audit, MonitorRulesBody body, CancellationToken cancellation)
    {
        var kept = await storage.Policies.MonitorRulesAsync(who.Tenant, cancellation);
        var rules = new MonitorRules
        {
            Supervisors = [.. (body.Supervisors ?? []).Select(number => number ?? "").Distinct().Order(StringComparer.Ordinal)],
            Pin = body.Pin is null ? kept.Pin : body.Pin.Length == 0 ? null : new Secret(body.Pin),
            TellsAgent = body.TellAgent,
        };
        if (rules.Problem() is { } problem)
            return ApiAnswer.Fail(400, "BAD_REQUEST", problem);

        await storage.Policies.SaveAsync(who.Tenant, rules, cancellation);
        audit.Write(who, "monitor-rules.set", "", $"{rules.Supervisors.Count} supervisors, PIN {(rules.Pin is null ? "none" : "set")}, agents told {rules.TellsAgent}");
        return ApiAnswer.Data(MonitorRulesView.From(rules));
    }
}

/// <summary>What is recorded of a scope.</summary>
/// <param name="Mode"><c>never</c>, <c>on-demand</c>, <c>percent</c> or <c>always</c>.</param>
public sealed record RecordingRuleView(string Scope, string Mode, int Percent, string Announcement)
{
    internal static RecordingRuleView From(string scope, RecordingRule rule) => new(
        scope,
        rule.Mode switch { RecordingMode.Never => "never", RecordingMode.OnDemand => "on-demand", RecordingMode.Percent => "percent", _ => "always" },
        rule.Percent, rule.Announcement);

    internal static RecordingMode? ModeOf(string? word) => word switch
    {
        "never" => RecordingMode.Never,
        "on-demand" => RecordingMode.OnDemand,
        "percent" => RecordingMode.Percent,
        "always" => RecordingMode.Always,
        _ => null,
    };
}

/// <summary>What is to be recorded of a scope.</summary>
public sealed record RecordingRuleBody(string? Mode = null, int Percent = 100, string? Announcement = null);

/// <summary>Who monitors by telephone; the PIN is not shown.</summary>
public sealed record MonitorRulesView(IReadOnlyList<string> Supervisors, bool HasPin, bool TellAgent)
{
    internal static MonitorRulesView From(MonitorRules rules) => new(rules.Supervisors, rules.Pin is not null, rules.TellsAgent);
}

/// <summary>Who is to monitor by telephone; an empty PIN removes it.</summary>
public sealed record MonitorRulesBody(IReadOnlyList<string>? Supervisors = null, string? Pin = null, bool TellAgent = false);
