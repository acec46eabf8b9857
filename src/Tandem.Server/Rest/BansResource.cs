using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Server.Http;
using Tandem.Sip.Transport;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Sources that are not heard because they guessed at secrets: <c>/api/v1/bans</c>.</summary>
public static class BansResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/bans", List).Needs(Permission.SystemRead).WithSummary("Banned sources, those that end last first");
        api.MapDelete("/bans/{source}", Lift).Needs(Permission.SystemWrite).Produces<Failure>(400).Produces<Failure>(404).WithSummary("Lifts the ban of an address");
    }

    private static Ok<Envelope<List<BannedSource>>> List(BanList bans, Clock clock) =>
        ApiAnswer.Data(bans.List(clock.Now)
            .Select(ban => new BannedSource(ban.Source.HostText(), clock.ToUtc(ban.Until), ban.Reason, ban.Failures)).ToList());

    private static Results<Ok<Envelope<LiftedBan>>, JsonHttpResult<Failure>> Lift(Identity who, BanList bans, AuditLog audit, string source)
    {
        if (!NetAddress.TryParse(source, 0, out var address))
            return ApiAnswer.Fail(400, "BAD_ADDRESS", "the source must be an IP address");

        if (!bans.Lift(address))
            return ApiAnswer.Fail(404, "NOT_FOUND", "This address is not banned");

        audit.Write(who, "ban.lift", address.HostText());
        return ApiAnswer.Data(new LiftedBan(address.HostText()));
    }
}

/// <summary>A banned source; of IPv6 the first address of the prefix.</summary>
public sealed record BannedSource(string Source, DateTimeOffset Until, string Reason, int Failures);

/// <summary>A ban that was lifted.</summary>
public sealed record LiftedBan(string Source);
