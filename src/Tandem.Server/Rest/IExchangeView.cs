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
using Tandem.Sip.Transport;

namespace Tandem.Server.Rest;

/// <summary>What the API sees of the running exchange. Every member is safe on any thread and answers from memory.</summary>
public interface IExchangeView
{
    /// <summary>Calls in progress, oldest first.</summary>
    IReadOnlyList<CallSnapshot> ActiveCalls(TenantId tenant);

    /// <summary>Calls that are parked, by slot.</summary>
    IReadOnlyList<ParkedCall> Parked(TenantId tenant);

    /// <summary>Begins, changes or ends the recording of a call; null when the tenant has no such call in progress.</summary>
    Task<RecordingReply?> RecordAsync(TenantId tenant, CallId call, RecordingAction action);

    /// <summary>Lets the sound of a call out, up to so many frames of 20 ms waiting; null when the tenant has no such call in progress.</summary>
    Task<ForkReply?> ForkAsync(TenantId tenant, CallId call, int frames);

    /// <summary>Has a call do something; null when the tenant has no such call in progress.</summary>
    Task<CommandReply?> CommandAsync(TenantId tenant, CallId call, CallCommand command);

    /// <summary>Where a call would go, and why; it is not placed.</summary>
    Task<RouteExplanation> ExplainAsync(RouteInquiry inquiry);

    /// <summary>Makes a call that a program wants.</summary>
    Task<OriginationReply> OriginateAsync(TenantId tenant, OriginationOrder order);

    /// <summary>Rings somebody who is to be added to a room.</summary>
    Task<OriginationReply> DialAsync(Tandem.Calls.Rooms.RoomKey room, RoomDialOrder order);

    /// <summary>Rings the phone of a supervisor, who hears the calls of an agent when he answers.</summary>
    Task<OriginationReply> MonitorAsync(TenantId tenant, MonitorOrder order);

    /// <summary>All bindings, by number.</summary>
    IReadOnlyList<Binding> Bindings(TenantId tenant);

    /// <summary>Counts of the registrations.</summary>
    RegistrarStatistics Registrations(TenantId tenant, DateTimeOffset now);

    /// <summary>Registration records that are kept.</summary>
    int RegistrationHistoryCount(TenantId tenant);

    /// <summary>Who watches what, by watched number.</summary>
    IReadOnlyList<SubscriptionRecord> Subscriptions(TenantId tenant);

    /// <summary>Totals of the calls since the start.</summary>
    CallStatistics CallTotals(TenantId tenant);

    /// <summary>How full queues and tables are.</summary>
    ExchangeGauges Gauges();

    /// <summary>Hangs up all calls, waits a moment for their end, and sets the totals to zero; the result is how many calls there were.</summary>
    Task<int> ClearCallsAsync(TenantId tenant, CancellationToken cancellation);

    /// <summary>Drops all bindings of a number; the task ends, with how many there were, when they are gone.</summary>
    Task<int> UnregisterAsync(TenantId tenant, string number, DateTimeOffset now);

    /// <summary>Drops all bindings and empties the registration history.</summary>
    Task<int> ClearRegistrationsAsync(TenantId tenant, DateTimeOffset now);
}

/// <summary>How full queues and tables are at one moment, all tenants and shards together.</summary>
public sealed record ExchangeGauges
{
    /// <summary>Packets and the clock of sound.</summary>
    public MediaNumbers Media { get; init; } = MediaNumbers.None;

    public int Calls { get; init; }

    public int ServerTransactions { get; init; }

    public int ClientTransactions { get; init; }

    public int Dialogs { get; init; }

    /// <summary>Transfers whose progress is being told.</summary>
    public int ReferSubscriptions { get; init; }

    public int Bindings { get; init; }

    public SubscriptionNumbers Subscriptions { get; init; } = new();

    public MessageNumbers Messages { get; init; } = new();

    /// <summary>Timers of all shards.</summary>
    public int Timers { get; init; }

    /// <summary>Turns that wait on the shards.</summary>
    public int Turns { get; init; }

    public int PortsInUse { get; init; }

    public int PortsInQuarantine { get; init; }

    /// <summary>Open stream connections of SIP.</summary>
    public int Connections { get; init; }

    /// <summary>The same by transport, and the TLS handshakes behind them.</summary>
    public ConnectionNumbers ConnectionsByTransport { get; init; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Flows and the ways to phones.</summary>
    public TransportNumbers Transport { get; init; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Messages that wait in the mailbox of each shard.</summary>
    public IReadOnlyList<int> Mailboxes { get; init; } = [];

    /// <summary>Messages refused because a mailbox was full, since the start.</summary>
    public long MailboxRefused { get; init; }

    /// <summary>Calls refused for the limit of calls, since the start.</summary>
    public long Overloaded { get; init; }

    /// <summary>Requests refused because a shard was behind, since the start.</summary>
    public long Refused { get; init; }

    /// <summary>What the shard that is worst off refuses now: 0 nothing, 1 new work, 2 all outside dialogs, 3 inside them too.</summary>
    public int OverloadLevel { get; init; }

    /// <summary>How far the shard that is worst off is behind.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>Names and targets of requests.</summary>
    public ResolutionStatistics Resolution { get; init; } = new();

    /// <summary>What the sockets to the name servers counted.</summary>
    public DnsCounters NameServers { get; init; } = new();

    /// <summary>Exceptions in call code, since the start.</summary>
    public long Faults { get; init; }
}
