using Tandem.Core.Time;

namespace Tandem.Calls.Registrar;

/// <summary>
/// The keep-alive of one contact behind NAT: its timer, and the owner of its OPTIONS transactions. Belongs to the shard of
/// its binding.
/// </summary>
internal sealed class KeepAliveProbe : TimerEntry
{
    private readonly NatKeepAlive _keepAlive;

    public KeepAliveProbe(NatKeepAlive keepAlive, BindingEntry entry, string callId)
    {
        _keepAlive = keepAlive;
        Entry = entry;
        CallId = callId;
    }

    /// <summary>OPTIONS in a row that got no answer.</summary>
    public int Failures { get; set; }

    /// <summary>True while an OPTIONS waits for its answer.</summary>
    public bool IsInFlight { get; set; }

    /// <summary>The Call-ID of all OPTIONS of this probe.</summary>
    public string CallId { get; }

    /// <summary>The CSeq of the last OPTIONS.</summary>
    public uint CSeq { get; set; }

    /// <summary>The binding; null once that is gone.</summary>
    public BindingEntry? Entry { get; set; }

    protected override void OnDue(Moment now) => _keepAlive.OnDue(this, now);
}
