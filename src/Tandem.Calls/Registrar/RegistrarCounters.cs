namespace Tandem.Calls.Registrar;

/// <summary>What one registrar has done since its start. Written by its shard only; any thread reads.</summary>
public sealed class RegistrarCounters
{
    private long _requests;
    private long _registered;
    private long _refreshed;
    private long _removed;
    private long _expired;
    private long _flowsEnded;
    private long _flowsLost;
    private long _queries;
    private long _refused;
    private long _keepAlivesSent;
    private long _keepAlivesAnswered;
    private long _keepAlivesFailed;
    private long _keepAlivesLeftOut;

    /// <summary>REGISTER requests, challenged ones too.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>New bindings.</summary>
    public long Registered => Volatile.Read(ref _registered);

    /// <summary>Bindings that were refreshed.</summary>
    public long Refreshed => Volatile.Read(ref _refreshed);

    /// <summary>Bindings that a phone or an operator removed.</summary>
    public long Removed => Volatile.Read(ref _removed);

    /// <summary>Bindings that ended by their lifetime, or by keep-alives that failed.</summary>
    public long Expired => Volatile.Read(ref _expired);

    /// <summary>Bindings of outbound that ended with their connection (RFC 5626 §6).</summary>
    public long FlowsEnded => Volatile.Read(ref _flowsEnded);

    /// <summary>Bindings that stay but cannot be reached until the phone comes back.</summary>
    public long FlowsLost => Volatile.Read(ref _flowsLost);

    /// <summary>Accepted requests without Contact.</summary>
    public long Queries => Volatile.Read(ref _queries);

    /// <summary>Requests that were answered 400 or above, challenges not counted.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>OPTIONS sent to contacts behind NAT.</summary>
    public long KeepAlivesSent => Volatile.Read(ref _keepAlivesSent);

    /// <summary>OPTIONS that got a final response.</summary>
    public long KeepAlivesAnswered => Volatile.Read(ref _keepAlivesAnswered);

    /// <summary>OPTIONS that got none.</summary>
    public long KeepAlivesFailed => Volatile.Read(ref _keepAlivesFailed);

    /// <summary>OPTIONS left out because too many waited for an answer.</summary>
    public long KeepAlivesLeftOut => Volatile.Read(ref _keepAlivesLeftOut);

    internal void CountRequest() => _requests++;

    internal void CountRegistered() => _registered++;

    internal void CountRefreshed() => _refreshed++;

    internal void CountRemoved() => _removed++;

    internal void CountExpired() => _expired++;

    internal void CountFlowEnded() => _flowsEnded++;

    internal void CountFlowLost() => _flowsLost++;

    internal void CountQuery() => _queries++;

    internal void CountRefused() => _refused++;

    internal void CountKeepAliveSent() => _keepAlivesSent++;

    internal void CountKeepAliveAnswered() => _keepAlivesAnswered++;

    internal void CountKeepAliveFailed() => _keepAlivesFailed++;

    internal void CountKeepAliveLeftOut() => _keepAlivesLeftOut++;
}
