using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Waiting messages of extensions, which their phones show by a lamp (RFC 3842): <c>/api/v1/mailboxes</c>.</summary>
public static class MailboxesResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/mailboxes", List).Needs(Permission.CallsRead).WithSummary("Mailboxes that hold something, by number");
        api.MapGet("/mailboxes/{number}", Find).Needs(Permission.CallsRead).Produces<Failure>(404).WithSummary("The mailbox of one extension");
        api.MapPut("/mailboxes/{number}", SetAsync).Needs(Permission.ExtensionsWrite).Produces<Failure>(400).Produces<Failure>(404).WithSummary("Sets the counts; phones that subscribed are told");
        api.MapDelete("/mailboxes/{number}", ClearAsync).Needs(Permission.ExtensionsWrite).Produces<Failure>(404).WithSummary("Sets all counts to zero");
    }

    private static Ok<Envelope<List<MailboxState>>> List(Identity who, MailboxKeeper mailboxes) =>
        ApiAnswer.Data(mailboxes.Table.All(who.Tenant).Select(mailbox => MailboxState.From(mailbox.Number, mailbox.Counts)).ToList());

    private static Results<Ok<Envelope<MailboxState>>, JsonHttpResult<Failure>> Find(Identity who, MailboxKeeper mailboxes, TandemStorage storage, string number) =>
        Exists(storage, who.Tenant, number) ? ApiAnswer.Data(MailboxState.From(number, mailboxes.Table.Find(who.Tenant, number))) : NotFound();

    private static async Task<Results<Ok<Envelope<MailboxState>>, JsonHttpResult<Failure>>> SetAsync(
        Identity who, MailboxKeeper mailboxes, TandemStorage storage, AuditLog audit, string number, MailboxChange change, CancellationToken cancellation)
    {
        if (!Exists(storage, who.Tenant, number))
            return NotFound();

        if (!change.TryRead(out var counts))
            return ApiAnswer.Fail(400, "BAD_REQUEST", "newMessages, oldMessages, newUrgent and oldUrgent must be 0 to 4294967295, and the urgent ones not more than there are");

        await mailboxes.SetAsync(who.Tenant, number, counts, cancellation);
        audit.Write(who, "mailbox.set", number, $"new {counts.New}, old {counts.Old}");
        return ApiAnswer.Data(MailboxState.From(number, counts));
    }

    private static async Task<Results<Ok<Envelope<MailboxState>>, JsonHttpResult<Failure>>> ClearAsync(
        Identity who, MailboxKeeper mailboxes, TandemStorage storage, AuditLog audit, string number, CancellationToken cancellation)
    {
        if (!Exists(storage, who.Tenant, number))
            return NotFound();

        await mailboxes.SetAsync(who.Tenant, number, default, cancellation);
        audit.Write(who, "mailbox.clear", number);
        return ApiAnswer.Data(MailboxState.From(number, default));
    }

    private static bool Exists(TandemStorage storage, TenantId tenant, string number) => storage.Directory.Find(tenant, number) is not null;

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such extension");
}

/// <summary>The counts of a mailbox. Waiting is what its lamp shows.</summary>
public sealed record MailboxState(string Number, bool Waiting, long NewMessages, long OldMessages, long NewUrgent, long OldUrgent)
{
    internal static MailboxState From(string number, MailboxCounts counts) => new(number, counts.New > 0, counts.New, counts.Old, counts.NewUrgent, counts.OldUrgent);
}

/// <summary>Counts to set; one that is missing is 0. The urgent ones are counted in the others too.</summary>
public sealed record MailboxChange(long NewMessages = 0, long OldMessages = 0, long NewUrgent = 0, long OldUrgent = 0)
{
    internal bool TryRead(out MailboxCounts counts)
    {
        counts = default;
        if (!IsCount(NewMessages) || !IsCount(OldMessages) || !IsCount(NewUrgent) || !IsCount(OldUrgent))
            return false;

        counts = new MailboxCounts((uint)NewMessages, (uint)OldMessages, (uint)NewUrgent, (uint)OldUrgent);
        return counts.IsConsistent;
    }

    private static bool IsCount(long value) => value is >= 0 and <= uint.MaxValue;
}
