using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Ports;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Queues;

namespace Tandem.Server.Rest;

/// <summary>Queues in which callers wait for an agent: <c>/api/v1/queues</c>.</summary>
public static class QueuesResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/queues", List).Needs(Permission.QueuesRead).WithSummary("Queues by name, with their figures");
        api.MapPost("/queues", CreateAsync).Needs(Permission.QueuesWrite).Produces<FieldFailure>(400).Produces<Failure>(409).WithSummary("Makes a queue");
        api.MapGet("/queues/{name}", Find).VersionedBy(Version).Needs(Permission.QueuesRead).Produces<Failure>(404).WithSummary("A queue: settings, members and figures");
        api.MapPut("/queues/{name}", ChangeAsync).VersionedBy(Version).Needs(Permission.QueuesWrite).Produces<FieldFailure>(400).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Replaces the settings of a queue; the next caller meets them");
        api.MapDelete("/queues/{name}", RemoveAsync).VersionedBy(Version).Needs(Permission.QueuesWrite).Produces<Failure>(404).WithSummary("Removes a queue; who waits there goes");
        api.MapGet("/queues/{name}/state", State).Needs(Permission.QueuesRead).Produces<Failure>(404).WithSummary("Who waits, who serves, and the figures of the last hour");
        api.MapPut("/queues/{name}/members/{number}", SetMemberAsync).Needs(Permission.QueuesWrite).Produces<FieldFailure>(400).Produces<Failure>(404).WithSummary("Makes an extension an agent of the queue, or changes what it is there");
        api.MapDelete("/queues/{name}/members/{number}", RemoveMemberAsync).Needs(Permission.QueuesWrite).Produces<Failure>(404).WithSummary("Takes an agent out of the queue");
    }

    private static Ok<Envelope<List<QueueView>>> List(Identity who, QueueKeeper queues, Clock clock) =>
        ApiAnswer.Data(queues.Desk.Of(who.Tenant).Select(queue => View(queues.Desk, queue, clock.Now)).ToList());

    // Its settings, not how it stands; who is about to change them sees what other nodes did.
    private static async ValueTask<object?> Version(HttpContext context, Identity who)
    {
        var keeper = context.Service<QueueKeeper>();
        if (!HttpMethods.IsGet(context.Request.Method))
            await keeper.RefreshAsync(context.RequestAborted);
        return keeper.Desk.Find(who.Tenant, context.Part("name")) is { } queue ? QueueBody.From(queue.Settings) : null;
    }

    private static Results<Ok<Envelope<QueueView>>, JsonHttpResult<Failure>> Find(Identity who, QueueKeeper queues, Clock clock, string name) =>
        queues.Desk.Find(who.Tenant, name) is { } queue ? ApiAnswer.Data(View(queues.Desk, queue, clock.Now)) : NotFound();

    private static Results<Ok<Envelope<QueueState>>, JsonHttpResult<Failure>> State(Identity who, QueueKeeper queues, Clock clock, string name)
    {
        var now = clock.Now;
        return queues.Desk.Figures(who.Tenant, name, now) is { } figures
            ? ApiAnswer.Data(new QueueState(
                FiguresView.From(figures), queues.Desk.Waiting(who.Tenant, name, now).Select(waiter => WaitingView.From(waiter, clock.ToUtc(now - waiter.Waited))).ToList(),
                queues.Desk.Agents(who.Tenant, now, name).Select(agent => AgentView.From(agent, clock)).ToList()))
            : NotFound();
    }

    private static async Task<Results<Created<Envelope<QueueView>>, JsonHttpResult<FieldFailure>, JsonHttpResult<Failure>>> CreateAsync(
        Identity who, QueueKeeper queues, TandemStorage storage, TandemOptions options, AuditLog audit, Clock clock, QueueBody body, CancellationToken cancellation)
    {
        var (settings, problem) = Read(body, null);
        if (settings is null)
            return ApiAnswer.Invalid(problem!);
        if (queues.Desk.Find(who.Tenant, settings.Name) is not null)
            return ApiAnswer.Fail(409, "EXISTS", "There is a queue with that name");
        if (queues.Desk.Of(who.Tenant).Count >= queues.Desk.Options.MaxQueues)
            return ApiAnswer.Fail(409, "TOO_MANY", $"A tenant has {queues.Desk.Options.MaxQueues} queues at most (QUEUE_MAX)");

        try
        {
            ReservedNumbers.CheckQueue(options, storage, who.Tenant, settings.Number);
            if (await queues.ChangeAsync(who.Tenant, settings.Name, known => known is null ? new StoredQueue(who.Tenant, settings, []) : null, cancellation) is null)
                return ApiAnswer.Fail(409, "EXISTS", "There is a queue with that name");
        }
        catch (NumberTakenException taken)
        {
            return ApiAnswer.Taken(taken);
        }

        audit.Write(who, "queue.create", settings.Name);
        return ApiAnswer.Made($"/api/v1/queues/{settings.Name}", View(queues.Desk, queues.Desk.Find(who.Tenant, settings.Name)!, clock.Now));
    }

    private static async Task<Results<Ok<Envelope<QueueView>>, JsonHttpResult<FieldFailure>, JsonHttpResult<Failure>>> ChangeAsync(
        Identity who, QueueKeeper queues, TandemStorage storage, TandemOptions options, AuditLog audit, Clock clock, string name, QueueBody body, CancellationToken cancellation)
    {
        if (queues.Desk.Find(who.Tenant, name) is not { } known)
            return NotFound();

        // A queue keeps the name that it was made with.
        var (settings, problem) = Read(body with { Name = known.Settings.Name }, null);
        if (settings is null)
            return ApiAnswer.Invalid(problem!);

        try
        {
            if (settings.Number != known.Settings.Number)
                ReservedNumbers.CheckQueue(options, storage, who.Tenant, settings.Number);
            if (await queues.ChangeAsync(who.Tenant, settings.Name, stored => stored is null ? null : stored with { Settings = settings }, cancellation) is null)
                return NotFound();
        }
        catch (NumberTakenException taken)
        {
            return ApiAnswer.Taken(taken);
        }

        audit.Write(who, "queue.change", settings.Name);
        return queues.Desk.Find(who.Tenant, name) is { } queue ? ApiAnswer.Data(View(queues.Desk, queue, clock.Now)) : NotFound();
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> RemoveAsync(
        Identity who, QueueKeeper queues, AuditLog audit, string name, CancellationToken cancellation)
    {
        if (queues.Desk.Find(who.Tenant, name) is not { } queue || !await queues.RemoveAsync(who.Tenant, queue.Settings.Name, cancellation))
            return NotFound();

        audit.Write(who, "queue.remove", queue.Settings.Name);
        return ApiAnswer.Data(new Done("Queue removed"));
    }

    private static async Task<Results<Ok<Envelope<QueueView>>, JsonHttpResult<FieldFailure>, JsonHttpResult<Failure>>> SetMemberAsync(
        Identity who, QueueKeeper queues, TandemStorage storage, AuditLog audit, Clock clock, string name, string number, MemberChange change, CancellationToken cancellation)
    {
        if (queues.Desk.Find(who.Tenant, name) is not { } queue)
            return NotFound();

        var member = new QueueMember(number, change.Skill, change.Tier);
        if (QueueRules.Check(member) is { } problem)
            return ApiAnswer.Invalid(problem);
        if (storage.Directory.Find(who.Tenant, number) is null)
            return ApiAnswer.Fail(404, "NOT_FOUND", "No such extension");

        var most = queues.Desk.Options.MaxMembers;
        var isThere = false;
        var changed = await queues.ChangeAsync(who.Tenant, queue.Settings.Name, stored => (isThere = stored is not null) ? stored!.With(member, most) : null, cancellation);
        if (!isThere)
            return NotFound();
        if (changed is null)
            return ApiAnswer.Invalid("number", $"at most {most} members (QUEUE_MAX_MEMBERS)");

        audit.Write(who, "queue.member", queue.Settings.Name, $"{number}: skill {member.Skill}, tier {member.Tier}");
        return queues.Desk.Find(who.Tenant, name) is { } now ? ApiAnswer.Data(View(queues.Desk, now, clock.Now)) : NotFound();
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> RemoveMemberAsync(
        Identity who, QueueKeeper queues, AuditLog audit, string name, string number, CancellationToken cancellation)
    {
        if (queues.Desk.Find(who.Tenant, name) is not { } queue
            || await queues.ChangeAsync(who.Tenant, queue.Settings.Name, stored => stored?.Without(number), cancellation) is null)
            return NotFound();

        audit.Write(who, "queue.member.remove", queue.Settings.Name, number);
        return ApiAnswer.Data(new Done("Member removed"));
    }

    /// <summary>The settings of a body, or what is wrong with it: a destination too.</summary>
    internal static (QueueSettings? Settings, FieldProblem? Problem) Read(QueueBody body, string? name)
    {
        var (settings, problem) = body.Read(name);
        return settings is { Overflow.Length: > 0 } && !Destination.TryParse(settings.Overflow, out _, out var why) ? (null, new FieldProblem("overflow", why)) : (settings, problem);
    }

    private static QueueView View(QueueDesk desk, StoredQueue queue, Moment now) => new(
        QueueBody.From(queue.Settings), queue.Members.Select(member => new MemberView(member.Number, member.Skill, member.Tier)).ToList(),
        FiguresView.From(desk.Figures(queue.Tenant, queue.Settings.Name, now) ?? new QueueFigures { Queue = queue.Settings.Name }));

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such queue");
}

/// <summary>A queue: how it behaves, who serves it, how it stands.</summary>
public sealed record QueueView(QueueBody Settings, List<MemberView> Members, FiguresView Figures);

/// <summary>An agent of a queue.</summary>
public sealed record MemberView(string Number, int Skill, int Tier);

/// <summary>What an agent is in a queue; skill 0 to 100, tier 1 to 100.</summary>
public sealed record MemberChange(int Skill = 0, int Tier = 1);

/// <summary>A queue at this moment.</summary>
public sealed record QueueState(FiguresView Figures, List<WaitingView> Waiting, List<AgentView> Agents);

/// <summary>Somebody who waits; ringing: the agents whose phones ring for him.</summary>
public sealed record WaitingView(string CallId, string Number, int Position, int Priority, DateTimeOffset Since, bool Callback, IReadOnlyList<string> Ringing)
{
    internal static WaitingView From(QueueWaiter waiter, DateTimeOffset since) => new(
        waiter.Call.Value, waiter.Number, waiter.Position, waiter.Priority, since, waiter.IsCallback, waiter.Agents);
}

/// <summary>How a queue stands, and what came of its callers in the last hour. Times in seconds; estimate null: no agent works; service level 0 to 1.</summary>
public sealed record FiguresView(
    int Waiting, int Callbacks, double LongestWait, double? Estimate, int LoggedIn, int Paused, int Free, int Ringing, int Talking, int WrapUp,
    long Joined, long Answered, long Abandoned, long Overflowed, double? ServiceLevel, double AverageWait, double AverageCall)
{
    internal static FiguresView From(QueueFigures figures) => new(
        figures.Waiting, figures.Callbacks, ApiTime.Seconds(figures.Longest), figures.Estimate is { } estimate ? ApiTime.Seconds(estimate) : null,
        figures.LoggedIn, figures.Paused, figures.Free, figures.Ringing, figures.Talking, figures.WrapUp, figures.Joined, figures.Answered, figures.Abandoned, figures.Overflowed,
        figures.ServiceLevel is { } level ? Math.Round(level, 4) : null, ApiTime.Seconds(figures.AverageWait), ApiTime.Seconds(figures.AverageCall));
}
