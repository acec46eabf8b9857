namespace Tandem.Calls.Ports;

/// <summary>
/// The sound of a call on its way to somebody outside: the caller left, the callee right, 16 kHz, frames of 20 ms. The call never waits for who takes them. One thread at a time takes;
/// any may stop it.
/// </summary>
public interface ISoundFork
{
    /// <summary>Samples of a frame, both channels in turns.</summary>
    const int FrameLength = 640;

    /// <summary>Comes a moment after it was asked for: true when it hears the call; false when too many hear it already, or the call is over.</summary>
    Task<bool> Begun { get; }

    /// <summary>Takes the oldest frame that waits; false when there is none.</summary>
    /// <param name="frame"><see cref="FrameLength"/> samples.</param>
    bool TryTake(Span<short> frame);

    /// <summary>Frames that were lost because they were not taken in time.</summary>
    long Lost { get; }

    /// <summary>The call is over, or it was stopped. What waits may still be taken.</summary>
    bool IsOver { get; }

    /// <summary>Nobody takes any more. Safe to call twice, and when the call is over.</summary>
    void Stop();
}
