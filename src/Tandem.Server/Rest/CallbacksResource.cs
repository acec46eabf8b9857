using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Callers of a queue who hung up and are called in their turn: <c>/api/v1/queues/{name}/callbacks</c>.</summary>
public static class CallbacksResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/queues/{name}/callbacks", List).Needs(Permission.QueuesRead).Produces<Failure>(404).WithSummary("Who is to be called back, in order");
        api.MapDelete("/queues/{name}/callbacks/{id}", Cancel).Needs(Permission.QueuesWrite).Produces<Failure>(404).Produces<Failure>(409).WithSummary("Gives a callback up");
    }

    private static Results<Ok<Envelope<List<QueueCallbackState>>>, JsonHttpResult<Failure>> List(Identity who, QueueKeeper queues, Clock clock, string name) =>
        queues.Desk.Callbacks(who.Tenant, name, clock.Now) is { } callbacks
            ? ApiAnswer.Data(callbacks.Select(callback => QueueCallbackState.From(callback, clock)).ToList())
            : ApiAnswer.Fail(404, "NOT_FOUND", "No such queue");

    private static Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>> Cancel(Identity who, QueueKeeper queues, AuditLog audit, Clock clock, string name, string id)
    {
        var now = clock.Now;
        if (queues.Desk.Callbacks(who.Tenant, name, now)?.FirstOrDefault(one => one.Entry.Call.Value == id) is not { } callback)
            return ApiAnswer.Fail(404, "NOT_FOUND", "No such callback");
        if (!queues.Desk.CancelCallback(who.Tenant, callback.Ticket, now))
            return ApiAnswer.Fail(409, "WRONG_STATE", "An agent is on the line for it just now");

        audit.Write(who, "queue.callback.cancel", id, callback.Entry.Queue);
        return ApiAnswer.Data(new Done("Callback given up"));
    }
}

/// <summary>Somebody who is to be called back.</summary>
/// <param name="Id">The call in which he asked for it.</param>
/// <param name="Caller">The number by which he came.</param>
/// <param name="Number">The number that is called.</param>
/// <param name="Since">Since when he waits.</param>
/// <param name="Position">1 for who is next in the queue.</param>
/// <param name="Tries">How often he was called.</param>
/// <param name="NotBefore">When he is called again at the earliest; null for as soon as an agent is free.</param>
/// <param name="Agent">The agent who is on the line and waits for him; null for none.</param>
public sealed record QueueCallbackState(string Id, string Caller, string Number, int Priority, DateTimeOffset Since, int Position, int Tries, DateTimeOffset? NotBefore, string? Agent)
{
    internal static QueueCallbackState From(CallbackView callback, Clock clock) => new(
        callback.Entry.Call.Value, callback.Entry.Number, callback.Number, callback.Entry.Priority, clock.ToUtc(clock.Now - callback.Waited), callback.Position, callback.Tries,
        callback.NotBefore > Moment.Zero ? clock.ToUtc(callback.NotBefore) : null, callback.Agent.Length > 0 ? callback.Agent : null);
}
