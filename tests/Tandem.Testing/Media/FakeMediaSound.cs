using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Media;
using Tandem.Media.Audio;
using Tandem.Media.Events;

namespace Tandem.Testing.Media;

/// <summary>Remembers what it was told to do.</summary>
/// <param name="canRecord">True once SDP is in force; null for always.</param>
/// <param name="pressed">Hears of keys that signalling brought.</param>
/// <param name="happened">Hears of sounds that ended and of speech.</param>
public sealed class FakeMediaSound(Func<bool>? canRecord = null, Action<CallSide, char, int>? pressed = null, Action<MediaEvent>? happened = null) : IMediaSound
{
    private int _lastPlay;

    /// <summary>What was played, in order: each prompt as its text.</summary>
    public List<FakePlay> Plays => field ??= [];

    /// <summary>Prompts end as soon as they begin; false lets them go on until <see cref="Finish"/>. Loops never end by themselves.</summary>
    public bool PlaysEnd { get; set; } = true;

    /// <summary>What a side hears now; null for nothing of ours.</summary>
    public FakePlay? Playing(CallSide side) => Plays.LastOrDefault(play => play.Side == side && !play.IsOver);

    /// <summary>Sides whose speech is reported.</summary>
    public HashSet<CallSide> Listening => field ??= [];

    /// <summary>A side begins to speak, or falls silent.</summary>
    public void Speak(CallSide side, bool on) => happened?.Invoke(new SpeechChanged(SideOf(side), on, -20));

    /// <summary>What a side hears is played to its end.</summary>
    public void Finish(CallSide side, PlaybackEnd reason = PlaybackEnd.Finished)
    {
        if (Playing(side) is { } play)
            End(play, reason);
    }

    public int Play(CallSide side, Prompt prompt, string language, bool isLoop)
    {
        if (Playing(side) is { } before)
            End(before, PlaybackEnd.Replaced);
        var play = new FakePlay(++_lastPlay, side, prompt.ToString(), language, isLoop);
        Plays.Add(play);
        if (PlaysEnd && !isLoop)
            End(play, PlaybackEnd.Finished);
        return play.Id;
    }

    public void StopPlay(int play)
    {
        if (Plays.Find(one => one.Id == play) is { IsOver: false } running)
            End(running, PlaybackEnd.Stopped);
    }

    public void ReportSpeech(CallSide side, bool on)
    {
        if (on)
            Listening.Add(side);
        else
            Listening.Remove(side);
    }

    private void End(FakePlay play, PlaybackEnd reason)
    {
        play.IsOver = true;
        happened?.Invoke(new PlaybackEnded(SideOf(play.Side), new PlayId(play.Id), reason));
    }

    private static MediaSide SideOf(CallSide side) => side == CallSide.Caller ? MediaSide.A : MediaSide.B;

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
