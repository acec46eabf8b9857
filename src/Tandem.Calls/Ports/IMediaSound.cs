using Tandem.Calls.Calls;
using Tandem.Media.Audio;

namespace Tandem.Calls.Ports;

/// <summary>
/// The sound of one session: what the exchange plays to a side, hears of it and sends back. Called by the session's SIP shard; the media
/// shard does it a moment later and tells the outcome as an event of the session.
/// </summary>
public interface IMediaSound
{
    /// <summary>Sends a side what it says, or stops that.</summary>
    void Echo(CallSide side, bool on);

    /// <summary>Plays to a side; null when the sound is not to be had (no such prompt, a file that cannot be read): <paramref name="problem"/> says why.</summary>
    PlayId? Play(CallSide side, SoundRequest sound, PlayMode mode, out string problem);

    /// <summary>Ends a playback; nothing when it is over.</summary>
    void StopPlay(PlayId play);

    /// <summary>Sends keys to a side in the way that it understands: as events (RFC 4733), else as tones.</summary>
    /// <param name="side">To whom.</param>
    /// <param name="digits">0 to 9, *, #, A to D.</param>
    /// <param name="milliseconds">How long each; 40 to 6000.</param>
    void SendDtmf(CallSide side, string digits, int milliseconds);

    /// <summary>True when, by what was negotiated, a side takes telephone-event (RFC 4733).</summary>
    bool TakesEvents(CallSide side);
}
