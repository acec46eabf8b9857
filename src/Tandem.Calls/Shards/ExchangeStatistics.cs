using Tandem.Calls.Calls;
using Tandem.Sip.Overload;

namespace Tandem.Calls.Shards;

/// <summary>How full the tables of an exchange are. Numbers of different shards are read one after the other, without stopping anyone.</summary>
public sealed record ExchangeStatistics
{
    /// <summary>Calls in progress, all tenants.</summary>
    public int Calls { get; init; }

    /// <summary>Calls in progress by state.</summary>
    public required IReadOnlyDictionary<CallState, int> CallsByState { get; init; }

    public int ServerTransactions { get; init; }

    public int ClientTransactions { get; init; }

    public int Dialogs { get; init; }

    /// <summary>INVITEs and BYEs of ours that have not ended.</summary>
    public int OpenTransactions { get; init; }

    /// <summary>Timers of all shards; bindings have one each.</summary>
    public int Timers { get; init; }

    /// <summary>Turns that wait on the shards.</summary>
    public int Turns { get; init; }

    /// <summary>Transfers whose progress is being told.</summary>
    public int ReferSubscriptions { get; init; }

    public int Bindings { get; init; }

    /// <summary>Subscriptions of all packages.</summary>
    public int Subscriptions { get; init; }

    /// <summary>Numbers, extensions and sources that subscriptions are counted for; 0 when there is none.</summary>
    public int SubscriptionKeys { get; init; }

    /// <summary>Published documents.</summary>
    public int Publications { get; init; }

    /// <summary>Messages that wait for their verdict, or for the last of their phones.</summary>
    public int MessagesUnderWay { get; init; }

    /// <summary>NOTIFYs that wait for their answer.</summary>
    public int NotifiesUnderWay { get; init; }

    public int PortsInUse { get; init; }

    public int PortsInQuarantine { get; init; }

    /// <summary>Calls since the start.</summary>
    public long CallsCreated { get; init; }

    /// <summary>Exceptions in call code since the start.</summary>
    public long Faults { get; init; }

    /// <summary>INVITEs refused for the limit of calls.</summary>
    public long Overloaded { get; init; }

    /// <summary>Requests refused because a shard was behind.</summary>
    public long Refused { get; init; }

    /// <summary>What the shard that is worst off refuses now.</summary>
    public OverloadLevel OverloadLevel { get; init; }

    /// <summary>How far the shard that is worst off is behind.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>Names and targets of requests.</summary>
    public ResolutionStatistics Resolution { get; init; } = new();

    /// <summary>Bindings of outbound that ended with their connection, since the start.</summary>
    public long FlowsEnded { get; init; }

    /// <summary>Bindings that could not be reached until their phone came back, since the start.</summary>
    public long FlowsLost { get; init; }

    /// <summary>Requests that failed because ICMP said that nobody is there, since the start.</summary>
    public long Undelivered { get; init; }

    /// <summary>INVITEs that were loops.</summary>
    public long Loops { get; init; }
}
