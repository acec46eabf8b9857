using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>
/// Supervisors at the calls of agents: <c>/api/v1/monitors</c>, and <c>/api/v1/calls/{id}/monitor</c>. What is asked for here is done a moment later; events and
/// the audit log say what came of it.
/// </summary>
public static partial class MonitorsResource
{
    private const int LongestRing = 300;

    [GeneratedRegex("^[0-9]{1,20}$", RegexOptions.CultureInvariant)]
    private static partial Regex DialString { get; }

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/monitors", List).Needs(Permission.MonitorCalls).WithSummary("Supervisors at work");
        api.MapPost("/monitors", BeginAsync).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorBegun>>(201).Produces<FieldFailure>(400).Produces<Failure>(404).Produces<Failure>(409).Produces<Failure>(503)
            .WithSummary("Rings the phone of a supervisor, who hears the calls of an agent when he answers");
        api.MapPost("/calls/{id}/monitor", Move).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorView>>(202).Produces<Failure>(400).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Brings a supervisor who listens already to a call");
        api.MapPatch("/monitors/{id}", Change).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorView>>(202).Produces<Failure>(400).Produces<Failure>(404)
            .WithSummary("Lets a supervisor listen, whisper, speak to the other party, or barge in");
        api.MapPost("/monitors/{id}/take-over", TakeOver).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorView>>(202).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Lets a supervisor take the call over: the agent is out of it");
        api.MapDelete("/monitors/{id}", End).Needs(Permission.MonitorCalls).Produces<Envelope<MonitorView>>(202).Produces<Failure>(404).WithSummary("Ends the listening; the supervisor's call ends");
    }

    private static Ok<Envelope<List<MonitorView>>> List(Identity who, MonitorTable monitors) => ApiAnswer.Data(monitors.Of(who.Tenant).Select(MonitorView.From).ToList());

    private static async Task<IResult> BeginAsync(Identity who, IExchangeView exchange, MonitorTable monitors, TandemStorage storage, AuditLog audit, MonitorStart body)
    {
        if (body.From is not { } from || ((IExtensionDirectory)storage.Directory).Find(who.Tenant, from) is not { Enabled: true })
            return ApiAnswer.Invalid("from", "the extension of the supervisor");
        if (MonitorView.ModeOf(body.Mode ?? "listen") is not { } mode)
            return ApiAnswer.Invalid("mode", "listen, whisper, other or barge");
        if (body.RingSeconds is < 1 or > LongestRing)
            return ApiAnswer.Invalid("ringSeconds", $"1 to {LongestRing}");
        if (monitors.Of(who.Tenant, from) is { } there)
            return ApiAnswer.Fail(409, "LISTENING", $"He listens already: POST /api/v1/calls/{{id}}/monitor brings him to another call ({there.Snapshot.Id})");

        CallSnapshot? call = null;
        if (body.CallId is { } id)
        {
            call = exchange.ActiveCalls(who.Tenant).FirstOrDefault(active => active.Id.Value == id);
            if (call is null)
                return ApiAnswer.Fail(404, "NOT_FOUND", "No such call in progress");
            if (call.State != CallState.Established)
                return ApiAnswer.Fail(409, "WRONG_STATE", "The call is not answered");
        }

        var agent = body.Agent ?? call?.CalleeNumber ?? "";
        if (!DialString.IsMatch(agent) || (call is not null && agent != call.CallerNumber && agent != call.CalleeNumber))
            return ApiAnswer.Invalid("agent", call is null ? "the number of an agent" : "one of the two numbers of the call");
        if (agent == from)
            return ApiAnswer.Invalid("agent", "another one than the supervisor");

        var order = new MonitorOrder(from, agent) { Call = call?.Id, Mode = mode, Follows = body.Follow, RingTime = body.RingSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        var reply = await exchange.MonitorAsync(who.Tenant, order);
        if (reply.Result != CommandResult.Begun || reply.Call is not { } made)
            return ApiAnswer.Fail(503, "REFUSED", reply.Text);

        audit.Write(who, "monitor.ring", made.Id.Value, $"{from} for agent {agent}, {body.Mode ?? "listen"}{(call is null ? "" : $", call {call.Id}")}");
        return ApiAnswer.Made($"/api/v1/calls/{made.Id}", new MonitorBegun(made.Id.Value, reply.CommandId, from, agent, call?.Id.Value, body.Mode ?? "listen", body.Follow));
    }

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

/// <summary>Whose phone is to ring, and what he is to hear.</summary>
/// <param name="From">The extension of the supervisor.</param>
/// <param name="Agent">Whose calls; null with a call for the one of its two numbers that was called.</param>
/// <param name="CallId">The call; null for the agent's newest, or his next one.</param>
/// <param name="Mode">How he begins: <c>listen</c>, <c>whisper</c>, <c>other</c> or <c>barge</c>.</param>
/// <param name="Follow">He stays when the call ends, for the agent's next one.</param>
/// <param name="RingSeconds">How long his phone rings; as MONITOR_RING_TIME says where nothing is said.</param>
public sealed record MonitorStart(string? From = null, string? Agent = null, string? CallId = null, string? Mode = null, bool Follow = true, double? RingSeconds = null);

/// <summary>A supervisor's phone rings.</summary>
/// <param name="Id">The call by which he will listen: the id of the monitor once he has answered.</param>
/// <param name="CommandId">Names the order in the event <c>call.command</c>.</param>
public sealed record MonitorBegun(string Id, string CommandId, string Supervisor, string Agent, string? CallId, string Mode, bool Follow);

/// <summary>Who is to be at a call, and how.</summary>
/// <param name="Supervisor">The number of the supervisor.</param>
/// <param name="Agent">Which of the two numbers of the call is the agent; null for the one that was called.</param>
/// <param name="Mode">Null leaves it as it is.</param>
public sealed record MonitorBody(string? Supervisor = null, string? Agent = null, string? Mode = null);

/// <summary>How a supervisor is to take part.</summary>
public sealed record MonitorChange(string? Mode = null);
