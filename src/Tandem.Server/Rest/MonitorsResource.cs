using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>
/// Supervisors at the calls of agents: <c>/api/v1/monitors</c>, and <c>/api/v1/calls/{id}/monitor</c>. What is asked for here is done a moment later; events and
/// the audit log say what came of it.
/// </summary>
public static class MonitorsResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/monitors", List).Needs(Permission.MonitorCalls).WithSummary("Supervisors at work");
        api.MapPost("/calls/{id}/monitor", Move).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorView>>(202).Produces<Failure>(400).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Brings a supervisor who listens already to a call");
        api.MapPatch("/monitors/{id}", Change).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorView>>(202).Produces<Failure>(400).Produces<Failure>(404)
            .WithSummary("Lets a supervisor listen, whisper, speak to the other party, or barge in");
        api.MapPost("/monitors/{id}/take-over", TakeOver).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorView>>(202).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Lets a supervisor take the call over: the agent is out of it");
        api.MapDelete("/monitors/{id}", End).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorView>>(202).Produces<Failure>(404).WithSummary("Ends the listening; the supervisor's call ends");
    }

    private static Ok<Envelope<List<MonitorView>>> List(Identity who, MonitorTable monitors) => ApiAnswer.Data(monitors.Of(who.Tenant).Select(MonitorView.From).ToList());

    private static IResult Move(Identity who, IExchangeView exchange, MonitorTable monitors, AuditLog audit, string id, MonitorBody body)
    {
        if (body.Mode is not null && MonitorView.ModeOf(body.Mode) is null)
            return BadMode();
        if (exchange.ActiveCalls(who.Tenant).FirstOrDefault(call => call.Id.Value == id) is not { } call)
            return ApiAnswer.Fail(404, "NOT_FOUND", "No such call in progress");
        if (call.State != CallState.Established)
            return ApiAnswer.Fail(409, "WRONG_STATE", "The call is not answered");

        var agent = body.Agent ?? call.CalleeNumber;
        if (agent != call.CallerNumber && agent != call.CalleeNumber)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "agent must be one of the two numbers of the call");
        if (monitors.Of(who.Tenant, body.Supervisor ?? "") is not { } monitor)
            return ApiAnswer.Fail(409, "NOT_LISTENING", "The supervisor listens to nobody: his phone has to dial the code of monitoring first");

        monitor.MoveTo(agent, call.Id);
        if (MonitorView.ModeOf(body.Mode) is { } mode)
            monitor.SetMode(mode);
        audit.Write(who, "monitor.move", id, $"{body.Supervisor} to {agent}");
        return Accepted(MonitorView.From(monitor.Snapshot) with { Agent = agent, CallId = id, Mode = body.Mode ?? MonitorView.From(monitor.Snapshot).Mode });
    }

    private static IResult Change(Identity who, MonitorTable monitors, AuditLog audit, string id, MonitorChange change)
    {
        if (MonitorView.ModeOf(change.Mode) is not { } mode)
            return BadMode();
        if (monitors.Find(who.Tenant, new CallId(id)) is not { } monitor)
            return NotFound();

        monitor.SetMode(mode);
        audit.Write(who, "monitor.mode", id, change.Mode!);
        return Accepted(MonitorView.From(monitor.Snapshot) with { Mode = change.Mode! });
    }

    private static IResult TakeOver(Identity who, MonitorTable monitors, AuditLog audit, string id)
    {
        if (monitors.Find(who.Tenant, new CallId(id)) is not { } monitor)
            return NotFound();
        if (monitor.Snapshot.Call is not { } call)
            return ApiAnswer.Fail(409, "WRONG_STATE", "He is at no call");

        monitor.TakeOver();
        audit.Write(who, "monitor.take-over", id, call.Value);
        return Accepted(MonitorView.From(monitor.Snapshot));
    }

    private static IResult End(Identity who, MonitorTable monitors, AuditLog audit, string id)
    {
        if (monitors.Find(who.Tenant, new CallId(id)) is not { } monitor)
            return NotFound();

        monitor.End();
        audit.Write(who, "monitor.end", id);
        return Accepted(MonitorView.From(monitor.Snapshot));
    }

    private static IResult Accepted(MonitorView view) => TypedResults.Json(new Envelope<MonitorView>(true, view), statusCode: 202);

    private static JsonHttpResult<Failure> BadMode() => ApiAnswer.Fail(400, "BAD_REQUEST", "mode must be listen, whisper, other or barge");

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such supervisor at work");
}

/// <summary>A supervisor at work.</summary>
/// <param name="Id">The call by which he listens.</param>
/// <param name="CallId">The call that he is at; null while he waits for the agent's next one.</param>
/// <param name="Mode"><c>listen</c>, <c>whisper</c> (the agent hears him), <c>other</c> (the other party does) or <c>barge</c> (both do).</param>
public sealed record MonitorView(string Id, string Supervisor, string Agent, string? CallId, string Mode, bool Follows, DateTimeOffset StartedAt)
{
    internal static MonitorView From(MonitorSnapshot monitor) =>
        new(monitor.Id.Value, monitor.Supervisor, monitor.Agent, monitor.Call?.Value, monitor.Mode.ToString().ToLowerInvariant(), monitor.Follows, monitor.StartedAt);

    internal static MonitorMode? ModeOf(string? word) => word switch
    {
        "listen" => MonitorMode.Listen,
        "whisper" => MonitorMode.Whisper,
        "other" => MonitorMode.Other,
        "barge" => MonitorMode.Barge,
        _ => null,
    };
}

/// <summary>Who is to be at a call, and how.</summary>
/// <param name="Supervisor">The number of the supervisor.</param>
/// <param name="Agent">Which of the two numbers of the call is the agent; null for the one that was called.</param>
/// <param name="Mode">Null leaves it as it is.</param>
public sealed record MonitorBody(string? Supervisor = null, string? Agent = null, string? Mode = null);

/// <summary>How a supervisor is to take part.</summary>
public sealed record MonitorChange(string? Mode = null);
