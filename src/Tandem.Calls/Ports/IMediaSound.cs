using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Recording;

namespace Tandem.Calls.Ports;

/// <summary>
/// The sound of one session: what the exchange sends to a side and hears of it. Called by the session's SIP shard; the media
/// shard does it a moment later and tells the outcome as an event of the session.
/// </summary>
public interface IMediaSound
{
    /// <summary>Sends a side what it says, or stops that.</summary>
    void Echo(CallSide side, bool on);

    /// <summary>Nobody hears a side, its recording neither.</summary>
    void Mute(CallSide side, bool on)
    {
    }

    /// <summary>
    /// Plays to a side, instead of what it hears and of what played to it before. The session tells the end, also of one that could not begin.
    /// </summary>
    /// <param name="side">To whom.</param>
    /// <param name="prompt">What.</param>
    /// <param name="language">Of words and numbers (RFC 5646); empty for that of the installation.</param>
    /// <param name="isLoop">Over and over, until it is stopped; for prompts that <see cref="Prompt.MayLoop"/>.</param>
    /// <returns>Its number, above 0, unique in the session.</returns>
    int Play(CallSide side, Prompt prompt, string language, bool isLoop);

    /// <summary>Stops one that plays; nothing when it is over.</summary>
    void StopPlay(int play);

    /// <summary>Whether the session tells when a side begins to speak and when it falls silent.</summary>
    void ReportSpeech(CallSide side, bool on);

    /// <summary>Sends keys to a side in the way that it understands: as events (RFC 4733), else as tones.</summary>
    /// <param name="side">To whom.</param>
    /// <param name="digits">0 to 9, *, #, A to D.</param>
    /// <param name="milliseconds">How long each; 40 to 6000.</param>
    void SendDtmf(CallSide side, string digits, int milliseconds);

    /// <summary>
    /// A side pressed a key and told it by INFO. The session tells it as it tells keys that it hears itself, each press once, in however many
    /// kinds it came, and sends it to the other side as an event where that takes them.
    /// </summary>
    /// <param name="side">Who pressed.</param>
    /// <param name="digit">0 to 9, *, #, A to D.</param>
    /// <param name="milliseconds">How long.</param>
    void Press(CallSide side, char digit, int milliseconds);

    /// <summary>True when, by what was negotiated, a side takes telephone-event (RFC 4733).</summary>
    bool TakesEvents(CallSide side);

    /// <summary>True once sound is negotiated, so that it can be recorded.</summary>
    bool CanRecord { get; }

    /// <summary>
    /// Records what comes from both sides, or, where there is only the caller, what comes from him and what he hears. Null when it is refused;
    /// <paramref name="problem"/> says why.
    /// </summary>
    /// <param name="order">Whose it is.</param>
    /// <param name="ended">Called once, on any thread, when the recording is over, whatever ended it; with its name and the reason.</param>
    /// <param name="problem">For people; empty when it is not refused.</param>
    IMediaRecording? Record(RecordingOrder order, Action<string, string> ended, out string problem);

    /// <summary>
    /// Lets what comes from both sides out, or, where there is only the caller, what comes from him and what he hears. It ends with the session. Null where there is no sound.
    /// </summary>
    /// <param name="frames">Frames of 20 ms that wait at most.</param>
    ISoundFork? Fork(int frames) => null;
}
