namespace Tandem.Calls.Trunks.Registration;

/// <summary>What the registrations of one shard counted. Written by the shard, read by anyone.</summary>
public sealed class TrunkCounters
{
    private long _sent;
    private long _registered;
    private long _failed;

    /// <summary>REGISTERs that were sent, without repetitions.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Registrations and refreshes that were granted.</summary>
    public long Registered => Volatile.Read(ref _registered);

    /// <summary>Tries that failed.</summary>
    public long Failed => Volatile.Read(ref _failed);

    internal void CountSent() => Volatile.Write(ref _sent, _sent + 1);

    internal void CountRegistered() => Volatile.Write(ref _registered, _registered + 1);

    internal void CountFailed() => Volatile.Write(ref _failed, _failed + 1);
}
