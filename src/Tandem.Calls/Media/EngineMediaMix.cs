using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Media.Audio;
using Tandem.Media.Mixing;
using Tandem.Media.Playback;
using Tandem.Media.Playback.Tones;
using Tandem.Media.Recording;

namespace Tandem.Calls.Media;

/// <summary>A mix of the media engine of this process.</summary>
public sealed class EngineMediaMix(MediaMix mix, TenantId tenant, SoundLibrary? sounds = null, IRecordingService? recordings = null) : IMediaMix
{
    private const int ToneRate = 8_000;
    private const double ToneLevel = -20;
    private const int MostPlays = 16;

    private static readonly ToneCadence Entry = ToneCadence.Parse("660/120,880/120,0/20", out _)!;
    private static readonly ToneCadence Exit = ToneCadence.Parse("880/120,660/120,0/20", out _)!;
    private static readonly ToneCadence Missing = ToneCadence.Parse("440/200,0/20", out _)!;

    private readonly Queue<MemberId> _plays = new();
    // The mix itself counts on its loop, a moment later: a burst of callers would be let in, told so, and hear nothing.
    private readonly HashSet<(EngineMediaSession Session, CallSide Side)> _members = [];

    /// <inheritdoc/>
    public MemberId? Join(IMediaSession session, CallSide side, MixSeat seat)
    {
        if (session is not EngineMediaSession own)
            return null;

        lock (_members)
        {
            if (_members.Count >= mix.Options.MaxMembers && !_members.Contains((own, side)))
                return null;

            _members.Add((own, side));
        }

        return own.Join(side, mix, seat);
    }

    /// <inheritdoc/>
    public void Leave(IMediaSession session, CallSide side)
    {
        if (session is not EngineMediaSession own)
            return;

        own.LeaveMix(side);
        lock (_members)
            _members.Remove((own, side));
    }

    /// <inheritdoc/>
    public void Seat(MemberId member, MixSeat seat)
    {
        mix.SetMute(member, seat.IsMuted);
        mix.SetDeaf(member, seat.IsDeaf);
        mix.SetGain(member, seat.GainDb, seat.HearingGainDb);
        mix.SetHeardByAll(member, seat.IsHeardByAll);
        mix.SetHearsAll(member, seat.HearsAll);
    }

    /// <inheritdoc/>
    public void Route(MemberId from, MemberId to, double? gainDb) => mix.SetRoute(from, to, gainDb ?? double.NegativeInfinity);

    /// <inheritdoc/>
    public void Unroute(MemberId from, MemberId to) => mix.SetRoute(from, to, null);

    /// <inheritdoc/>
    public void Play(string sound, MemberId? to)
    {
        switch (sound)
        {
            case "tone:entry":
                Attach(Tone(Entry), to);
                break;
            case "tone:exit":
                Attach(Tone(Exit), to);
                break;
            case not null when sounds is not null:
                _ = PlayAsync(sounds, sound, to);
                break;
            default:
                Attach(Tone(Missing), to);
                break;
        }
    }

    /// <inheritdoc/>
    public void StopPlaying()
    {
        lock (_plays)
        {
            while (_plays.TryDequeue(out var play))
                mix.Detach(play);
        }
    }

    /// <inheritdoc/>
    public IMediaRecording? Record(RecordingOrder order, Action<string, string> ended, out string problem)
    {
        problem = "nothing here makes recordings";
        if (recordings?.TryStart(order, out problem) is not { } recorder)
            return null;

        var tap = mix.Tap(recorder);
        return EngineRecording.Begin(recorder, () => mix.Untap(tap), ended);
    }

    /// <inheritdoc/>
    public void Close() => mix.Close();

    private static ToneSource Tone(ToneCadence cadence) => new(cadence, ToneRate, ToneLevel, times: 1);

    private async Task PlayAsync(SoundLibrary library, string sound, MemberId? to)
    {
        var opened = await library.OpenPromptAsync(tenant.Value, sound).ConfigureAwait(false);
        Attach(opened.Source ?? Tone(Missing), to);
    }

    private void Attach(IAudioSource source, MemberId? to)
    {
        var id = mix.Attach(source, to is null ? MixSeat.Default with { HearsAll = false } : MixSeat.Default with { IsHeardByAll = false, HearsAll = false });
        if (to is { } one)
            mix.SetRoute(id, one, 0);
        lock (_plays)
        {
            // Those that are over long ago are forgotten; taking one out that has ended does nothing.
            if (_plays.Count == MostPlays)
                _plays.Dequeue();
            _plays.Enqueue(id);
        }
    }
}
