using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;

namespace Tandem.Server.Rest;

/// <summary>Who watches what: <c>/api/v1/subscriptions</c>.</summary>
public static class SubscriptionsResource
{
    private const int Most = 1_000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/subscriptions", List).Needs(Permission.CallsRead).Produces<Failure>(400).WithSummary("Subscriptions by watched number, at most 1000 from offset on");

    private static Results<Ok<Envelope<List<WatchedSubscription>>>, JsonHttpResult<Failure>> List(Identity who, IExchangeView exchange, int? offset)
    {
        if (offset is < 0)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "offset must not be negative");

        return ApiAnswer.Data(exchange.Subscriptions(who.Tenant).Skip(offset ?? 0).Take(Most)
            .Select(s => new WatchedSubscription(s.Number, s.Watcher, s.Package, s.Source.HostText(), s.Source.Port, s.ExpiresAt)).ToList());
    }
}

/// <summary>A subscription: the extension that is watched, by whom, for what, and from where.</summary>
public sealed record WatchedSubscription(string Number, string Watcher, string Package, string Address, int Port, DateTimeOffset ExpiresAt);
