using Tandem.Calls.Shards;
using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>Connects the desk of queues to the exchange: what it asks of tables, its clock, which is that of one shard, and the way of its events.</summary>
internal static class QueueDriver
{
    /// <summary>Once, before the loops start.</summary>
    public static void Start(SharedState shared, ExchangeServices services, ExchangeShard shard)
    {
        var desk = shared.Queues;
        var timer = new CallbackTimer(desk.Tick);
        desk.IsAvailable = (tenant, number) => !shared.Calls.IsInCall(tenant, number) && shared.Registrar.Lookup(tenant, number).Count > 0;
        desk.WallClock = services.WallClock.ToUtc;
        desk.Tell = services.Events.Publish;
        desk.CallBack = (tenant, offer) =>
        {
            var home = shared.Shard((int)((ulong)offer.Ticket.Value % (ulong)shared.Shards.Count));
            home.Post(() => home.Originations.CallBack(tenant, offer));
        };
        desk.Schedule = due => shard.Post(() => shard.Schedule(timer, due));
    }
}
