using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Media;
using Tandem.Media.Audio;
using Tandem.Media.Dtmf;
using Tandem.Media.Monitoring;
using Tandem.Media.Plan;
using Tandem.Media.Playback.Sources;
using Tandem.Media.Recording;

namespace Tandem.Calls.Media;

/// <summary>The sound of one session of the media engine.</summary>
internal sealed class EngineMediaSound(MediaSession session, IRecordingService? recordings, PromptPlayer? prompts, string tenant) : IMediaSound
{
    private const int NarrowRate = 8_000;
    private const int WideRate = 16_000;

    private readonly DtmfPolicy?[] _keys = new DtmfPolicy?[2];

    public void Echo(CallSide side, bool on) => session.Audio.Echo(EngineMediaSession.SideOf(side), on);

    public void Mute(CallSide side, bool on) => session.Audio.SetMute(EngineMediaSession.SideOf(side), on);

    public int Play(CallSide side, Prompt prompt, string language, bool isLoop)
    {
        var to = EngineMediaSession.SideOf(side);
        var source = prompts?.Open(tenant, prompt, language, RateOf(to), isLoop) ?? new SilenceSource(NarrowRate, TimeSpan.Zero);
        return (int)session.Audio.Play(to, source).Value;
    }

    public void StopPlay(int play) => session.Audio.StopPlay(new PlayId(play));

    public void ReportSpeech(CallSide side, bool on) => session.Audio.ReportSpeech(EngineMediaSession.SideOf(side), on);

    public void SendDtmf(CallSide side, string digits, int milliseconds) => session.Audio.SendDtmf(EngineMediaSession.SideOf(side), digits, milliseconds);

    public void Press(CallSide side, char digit, int milliseconds) => session.Audio.Press(EngineMediaSession.SideOf(side), digit, milliseconds);

    public bool TakesEvents(CallSide side) => TakesEvents(EngineMediaSession.SideOf(side));

    public bool CanRecord => AudioOf(MediaSide.A) is not null || AudioOf(MediaSide.B) is not null;

    public IMediaRecording? Record(RecordingOrder order, Action<string, string> ended, out string problem)
    {
        problem = "nothing here makes recordings";
        if (recordings?.TryStart(order, out problem) is not { } recorder)
            return null;

        var tap = session.Audio.Tap(order.Only is { } side ? EngineMediaSession.SideOf(side) : null, recorder);
        return EngineRecording.Begin(recorder, () => session.Audio.Untap(tap), ended);
    }

    public ISoundFork? Fork(int frames)
    {
        if (!CanRecord)
            return null;

        var fork = new SoundFork(frames);
        var begun = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var tap = session.Audio.Tap(null, fork, TapKind.Fork, begun.SetResult);
        return new EngineSoundFork(fork, begun.Task, () => session.Audio.Untap(tap));
    }

    /// <summary>
    /// A plan came into force: keys are reported always. A side that takes no events gets its keys by whoever hears the report (INFO, or tones
    /// on command), and its own tones are looked for.
    /// </summary>
    public void Follow()
    {
        for (var side = MediaSide.A; side <= MediaSide.B; side++)
        {
            if (AudioOf(side) is not { } audio)
                continue;

            var keys = new DtmfPolicy
            {
                Report = true,
                FindTones = audio.EventsIn.Count == 0 && audio.Receives.Count > 0 && AudioOf(Other(side)) is not { EventOut: < 0 },
                Out = audio.EventOut >= 0 ? null : DtmfKind.Info,
            };
            if (keys == _keys[(int)side])
                continue;

            _keys[(int)side] = keys;
            session.Audio.SetDtmf(side, keys);
        }
    }

    private static MediaSide Other(MediaSide side) => side == MediaSide.A ? MediaSide.B : MediaSide.A;

    private bool TakesEvents(MediaSide side) => AudioOf(side) is { EventOut: >= 0 };

    // A prompt is made at the rate that its listener hears, so that no tick converts it.
    private int RateOf(MediaSide side) => AudioOf(side)?.Sends is { } codec && codec.Format.SampleRate > NarrowRate ? WideRate : NarrowRate;

    private AudioPlan? AudioOf(MediaSide side)
    {
        foreach (var line in session.Plan.Lines)
        {
            if (line is { Kind: "audio" } && line[side] is { } lineSide)
                return lineSide.Audio;
        }

        return null;
    }
}
