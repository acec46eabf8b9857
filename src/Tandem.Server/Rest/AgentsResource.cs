using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Agents of queues: <c>/api/v1/agents</c>. An agent is an extension that is a member of some queue.</summary>
public static class AgentsResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/agents", List).Needs(Permission.QueuesRead).WithSummary("Agents of all queues, by number");
        api.MapGet("/agents/{number}", Find).Needs(Permission.QueuesRead).Produces<Failure>(404).WithSummary("One agent");
        api.MapPost("/agents/{number}/login", LogIn).Needs(Permission.CallsControl).Produces<Failure>(404).WithSummary("Logs an agent in, in all of his queues");
        api.MapPost("/agents/{number}/logout", LogOut).Needs(Permission.CallsControl).Produces<Failure>(404).WithSummary("Logs an agent out; a call that he has goes on");
        api.MapPost("/agents/{number}/pause", Pause).Needs(Permission.CallsControl).Produces<Failure>(404).Produces<Failure>(409).WithSummary("Gives an agent no calls, with a reason");
        api.MapPost("/agents/{number}/resume", Resume).Needs(Permission.CallsControl).Produces<Failure>(404).Produces<Failure>(409).WithSummary("Gives an agent calls again; ends a wrap-up too");
    }

    private static Ok<Envelope<List<AgentView>>> List(Identity who, QueueKeeper queues, Clock clock) =>
        ApiAnswer.Data(queues.Desk.Agents(who.Tenant, clock.Now).Select(agent => AgentView.From(agent, clock)).ToList());

    private static Results<Ok<Envelope<AgentView>>, JsonHttpResult<Failure>> Find(Identity who, QueueKeeper queues, Clock clock, string number) =>
        queues.Desk.Agent(who.Tenant, number, clock.Now) is { } agent ? ApiAnswer.Data(AgentView.From(agent, clock)) : NotFound();

    private static Results<Ok<Envelope<AgentView>>, JsonHttpResult<Failure>> LogIn(Identity who, QueueKeeper queues, AuditLog audit, Clock clock, string number) =>
        Change(who, queues, audit, clock, number, "login", "", (desk, now) => desk.LogIn(who.Tenant, number, now) || desk.Agent(who.Tenant, number, now)?.Login is not null);

    private static Results<Ok<Envelope<AgentView>>, JsonHttpResult<Failure>> LogOut(Identity who, QueueKeeper queues, AuditLog audit, Clock clock, string number) =>
        Change(who, queues, audit, clock, number, "logout", "", (desk, now) => desk.LogOut(who.Tenant, number, now) || desk.Agent(who.Tenant, number, now)?.Login is null);

    private static Results<Ok<Envelope<AgentView>>, JsonHttpResult<Failure>> Pause(Identity who, QueueKeeper queues, AuditLog audit, Clock clock, string number, PauseChange? change) =>
        Change(who, queues, audit, clock, number, "pause", change?.Reason ?? "", (desk, now) => desk.Pause(who.Tenant, number, change?.Reason ?? "", now));

    private static Results<Ok<Envelope<AgentView>>, JsonHttpResult<Failure>> Resume(Identity who, QueueKeeper queues, AuditLog audit, Clock clock, string number) =>
        Change(who, queues, audit, clock, number, "resume", "", (desk, now) => desk.Resume(who.Tenant, number, now));

    private static Results<Ok<Envelope<AgentView>>, JsonHttpResult<Failure>> Change(
        Identity who, QueueKeeper queues, AuditLog audit, Clock clock, string number, string action, string detail, Func<QueueDesk, Moment, bool> change)
    {
        var now = clock.Now;
        if (queues.Desk.Agent(who.Tenant, number, now) is null)
            return NotFound();
        if (!change(queues.Desk, now))
            return ApiAnswer.Fail(409, "LOGGED_OUT", "The agent is not logged in");

        audit.Write(who, $"agent.{action}", number, detail);
        return Find(who, queues, clock, number);
    }

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such agent");
}

/// <summary>Why an agent pauses; at most 64 characters are kept.</summary>
public sealed record PauseChange(string? Reason = null);

/// <summary>An agent.</summary>
/// <param name="State">LOGGED_OUT, PAUSED, FREE, RINGING, TALKING or WRAP_UP.</param>
/// <param name="Since">Since when he is in this state.</param>
/// <param name="WrapUpUntil">When his wrap-up ends; null when there is none.</param>
/// <param name="Calls">Calls of queues since he logged in.</param>
/// <param name="Missed">Calls that he let ring or refused.</param>
/// <param name="Queue">The queue whose call he has or had last.</param>
public sealed record AgentView(
    string Number, string State, bool LoggedIn, string? PauseReason, DateTimeOffset Since, DateTimeOffset? WrapUpUntil, long Calls, long Missed, string? Queue, IReadOnlyList<string> Queues)
{
    internal static AgentView From(AgentSnapshot agent, IWallClock clock) => new(
        agent.Number, CallText.Word(agent.State), agent.Login is not null, agent.PauseReason.Length > 0 ? agent.PauseReason : null, clock.ToUtc(agent.Since),
        agent.State == AgentState.WrapUp ? clock.ToUtc(agent.ReadyAt) : null, agent.Calls, agent.Missed, agent.Queue.Length > 0 ? agent.Queue : null, agent.Queues);
}
