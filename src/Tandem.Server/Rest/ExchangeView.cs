using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Events;
using Tandem.Calls.Parking;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Shards;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Media;
using Tandem.Sip.Transport;

namespace Tandem.Server.Rest;

/// <summary>The running exchange as the API sees it.</summary>
public sealed class ExchangeView(
    Exchange exchange, StatisticsSink statistics, SipTransport transport, DnsSocket dns, IReadOnlyList<ShardLoop> loops, TimeProvider time, MediaEngine media) : IExchangeView
{
    // A call that was hung up ends when its BYE is answered or given up; a phone that is gone must not hold the request for long.
    private static readonly TimeSpan ClearingPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClearingStep = TimeSpan.FromMilliseconds(20);

    public IReadOnlyList<CallSnapshot> ActiveCalls(TenantId tenant) => exchange.ActiveCalls(tenant);

    public IReadOnlyList<ParkedCall> Parked(TenantId tenant) => exchange.Parked(tenant);

    public Task<RecordingReply?> RecordAsync(TenantId tenant, CallId call, RecordingAction action) => exchange.RecordAsync(tenant, call, action);

    public Task<ForkReply?> ForkAsync(TenantId tenant, CallId call, int frames) => exchange.ForkAsync(tenant, call, frames);

    public Task<CommandReply?> CommandAsync(TenantId tenant, CallId call, CallCommand command) => exchange.CommandAsync(tenant, call, command);

    public Task<RouteExplanation> ExplainAsync(RouteInquiry inquiry) => exchange.ExplainAsync(inquiry);

    public Task<OriginationReply> OriginateAsync(TenantId tenant, OriginationOrder order) => exchange.OriginateAsync(tenant, order);

    public Task<OriginationReply> DialAsync(Tandem.Calls.Rooms.RoomKey room, RoomDialOrder order) => exchange.DialAsync(room, order);

    public Task<OriginationReply> MonitorAsync(TenantId tenant, MonitorOrder order) => exchange.MonitorAsync(tenant, order);

    public IReadOnlyList<Binding> Bindings(TenantId tenant) => exchange.Registrar.All(tenant);

    public RegistrarStatistics Registrations(TenantId tenant, DateTimeOffset now) => exchange.Registrar.Statistics(tenant, now);

    public IReadOnlyList<SubscriptionRecord> Subscriptions(TenantId tenant) => exchange.Subscriptions(tenant);

    public int RegistrationHistoryCount(TenantId tenant) => statistics.RegistrationHistoryCount(tenant);

    public CallStatistics CallTotals(TenantId tenant) => statistics.Calls(tenant);

    public ExchangeGauges Gauges()
    {
        var numbers = exchange.Statistics();
        return new ExchangeGauges
        {
            Calls = numbers.Calls,
            ServerTransactions = numbers.ServerTransactions,
            ClientTransactions = numbers.ClientTransactions,
            Dialogs = numbers.Dialogs,
            ReferSubscriptions = numbers.ReferSubscriptions,
            Bindings = numbers.Bindings,
            Subscriptions = SubscriptionNumbers.Of(exchange, numbers),
            Messages = MessageNumbers.Of(exchange),
            Timers = numbers.Timers,
            Turns = numbers.Turns,
            PortsInUse = numbers.PortsInUse,
            PortsInQuarantine = numbers.PortsInQuarantine,
            Connections = transport.Connections,
            ConnectionsByTransport = ConnectionNumbers.Of(transport),
            Transport = TransportNumbers.Of(numbers, transport.Counters),
            Mailboxes = [.. loops.Select(loop => loop.MailboxLength)],
            MailboxRefused = loops.Sum(loop => loop.MailboxRefused),
            Overloaded = numbers.Overloaded,
            Refused = numbers.Refused,
            OverloadLevel = (int)numbers.OverloadLevel,
            Lag = numbers.Lag,
            Faults = numbers.Faults,
            Resolution = numbers.Resolution,
            NameServers = dns.Counters,
            Media = MediaNumbers.Of(media),
        };
    }

    public async Task<int> ClearCallsAsync(TenantId tenant, CancellationToken cancellation)
    {
        var before = exchange.ActiveCalls(tenant);
        var cleared = exchange.ClearCalls(tenant);
        using var timer = new PeriodicTimer(ClearingStep, time);
        var started = time.GetTimestamp();
        while (before.Any(call => exchange.Find(call.Id) is not null) && time.GetElapsedTime(started) < ClearingPatience)
            await timer.WaitForNextTickAsync(cancellation);

        statistics.ClearCalls(tenant);
        return cleared;
    }

    public Task<int> UnregisterAsync(TenantId tenant, string number, DateTimeOffset now) => exchange.Registrar.Remove(tenant, number, now);

    public async Task<int> ClearRegistrationsAsync(TenantId tenant, DateTimeOffset now)
    {
        var removed = await exchange.Registrar.RemoveAll(tenant, now);
        statistics.ClearRegistrations(tenant);
        return removed;
    }
}
