using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Who did what: <c>/api/v1/audit</c>. It can be read and not changed.</summary>
public static class AuditResource
{
    private const int MaxLimit = 500;
    private const int DefaultLimit = 50;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/audit", ListAsync).Needs(Permission.AuditRead).Produces<Envelope<AuditPage>>().Produces<FieldFailure>(400)
            .WithSummary("Changes and accesses to recordings in the tenant, newest first");

    private static async Task<IResult> ListAsync(
        Identity who, AuditLog audit, CancellationToken cancellation, string? actor, string? action, string? target, DateTimeOffset? from, DateTimeOffset? to, int? limit, string? cursor)
    {
        if (limit is < 1 or > MaxLimit)
            return ApiAnswer.Invalid("limit", $"1 to {MaxLimit}");

        (DateTimeOffset, string)? after = null;
        if (cursor is not null && (after = PageCursor.ReadTime(cursor)) is null)
            return ApiAnswer.Invalid("cursor", "the nextCursor of a page before");

        // One more than asked for tells whether there is another page.
        var count = limit ?? DefaultLimit;
        var entries = await audit.ListAsync(who.Tenant, new AuditFilter(actor, action, target, from, to, after, count + 1), cancellation);
        var page = entries.Take(count).ToList();
        return ApiAnswer.Data(new AuditPage(
            page.ConvertAll(AuditView.From), entries.Count > count ? PageCursor.Write(page[^1].At, page[^1].Id) : null));
    }
}

/// <summary>A page of the audit log, and where the next one begins; null at the end.</summary>
public sealed record AuditPage(List<AuditView> Entries, string? NextCursor);

/// <summary>One thing that somebody did.</summary>
/// <param name="Kind"><c>session</c>, <c>token</c>, <c>loopback</c> or <c>command</c>.</param>
/// <param name="Actor">The user or the name of the token.</param>
/// <param name="Source">The address that the request came from.</param>
public sealed record AuditView(string Id, DateTimeOffset At, string Kind, string Actor, string ActorId, string Source, string Action, string Target, string Detail)
{
    internal static AuditView From(AuditEntry entry) =>
        new(entry.Id, entry.At, entry.ActorKind, entry.Actor, entry.ActorId, entry.Source, entry.Action, entry.Target, entry.Detail);
}
