using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Recording;

namespace Tandem.Testing.Media;

/// <summary>Remembers what it was told to do.</summary>
/// <param name="canRecord">True once SDP is in force; null for always.</param>
/// <param name="pressed">Hears of keys that signalling brought.</param>
public sealed class FakeMediaSound(Func<bool>? canRecord = null, Action<CallSide, char, int>? pressed = null) : IMediaSound
{
    /// <summary>Sides that hear themselves.</summary>
    public HashSet<CallSide> Echoes => field ??= [];

    /// <summary>Keys that were sent.</summary>
    public List<(CallSide Side, string Digits)> Sent => field ??= [];

    /// <summary>Sides that take telephone-event.</summary>
    public HashSet<CallSide> WithEvents => field ??= [];

    /// <summary>Recordings that were begun.</summary>
    public List<FakeMediaRecording> Recordings => field ??= [];

    /// <summary>When not empty, recordings are refused for that reason.</summary>
    public string RecordingProblem { get; set; } = "";

    public bool CanRecord => canRecord?.Invoke() ?? true;

    public IMediaRecording? Record(RecordingOrder order, Action<string, string> ended, out string problem)
    {
        problem = RecordingProblem;
        if (problem.Length > 0)
            return null;

        var recording = new FakeMediaRecording($"recording-{Recordings.Count}", order, ended);
        Recordings.Add(recording);
        return recording;
    }

    public void Echo(CallSide side, bool on)
    {
        if (on)
            Echoes.Add(side);
        else
            Echoes.Remove(side);
    }

    /// <summary>Sides that nobody hears.</summary>
    public HashSet<CallSide> Muted => field ??= [];

    public void Mute(CallSide side, bool on)
    {
        if (on)
            Muted.Add(side);
        else
            Muted.Remove(side);
    }

    public void SendDtmf(CallSide side, string digits, int milliseconds) => Sent.Add((side, digits));

    /// <summary>Keys that signalling brought.</summary>
    public List<(CallSide Side, char Digit)> Pressed => field ??= [];

    public void Press(CallSide side, char digit, int milliseconds)
    {
        Pressed.Add((side, digit));
        pressed?.Invoke(side, digit, milliseconds);
    }

    public bool TakesEvents(CallSide side) => WithEvents.Contains(side);
}
