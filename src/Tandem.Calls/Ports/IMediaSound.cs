using Tandem.Calls.Calls;

namespace Tandem.Calls.Ports;

/// <summary>
/// The sound of one session: what the exchange sends to a side and hears of it. Called by the session's SIP shard; the media
/// shard does it a moment later and tells the outcome as an event of the session.
/// </summary>
public interface IMediaSound
{
    /// <summary>Sends a side what it says, or stops that.</summary>
    void Echo(CallSide side, bool on);

    /// <summary>Sends keys to a side in the way that it understands: as events (RFC 4733), else as tones.</summary>
    /// <param name="side">To whom.</param>
    /// <param name="digits">0 to 9, *, #, A to D.</param>
    /// <param name="milliseconds">How long each; 40 to 6000.</param>
    void SendDtmf(CallSide side, string digits, int milliseconds);

    /// <summary>True when, by what was negotiated, a side takes telephone-event (RFC 4733).</summary>
    bool TakesEvents(CallSide side);
}
