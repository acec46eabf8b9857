using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Audio;
using Tandem.Media.Mixing;
using Tandem.Media.Playback;
using Tandem.Media.Quality;
using Tandem.Media.Rtp;

namespace Tandem.Calls.Media;

/// <summary>One call's media by the media engine: the caller is side A, the callee side B.</summary>
public sealed class EngineMediaSession(MediaSession session, IWallClock clock, TenantId tenant, SoundLibrary? sounds = null, string holdMusic = "", IRecordingService? recordings = null, PromptPlayer? prompts = null) : IMediaSession
{
    private readonly MediaSession _session = session;
    private readonly EngineMediaSound _sound = new(session, recordings, prompts, tenant.Value);
    private readonly HoldMusic _music = new(session, sounds, tenant.Value, holdMusic);
    private bool _callerHolds;
    private bool _calleeHolds;
    private readonly bool _playsOnHold = sounds is not null && holdMusic.Length > 0;

    /// <inheritdoc/>
    public IMediaSound Sound => _sound;

    /// <inheritdoc/>
    public void Expect(CallSide side, MediaPeer peer) => _session.Expect(SideOf(side), LegPolicies.Of(peer, _session.DefaultPolicy) with { PlaysOnHold = _playsOnHold });

    /// <inheritdoc/>
    public void ContinueOrigin(CallSide side, IMediaSession from, CallSide fromSide)
    {
        if (from is EngineMediaSession other)
            _session.ContinueOrigin(SideOf(side), other._session, SideOf(fromSide));
    }

    /// <inheritdoc/>
    public void ContinueStreams(CallSide side, IMediaSession from, CallSide fromSide)
    {
        if (from is EngineMediaSession other)
            _session.ContinueStreams(SideOf(side), other._session, SideOf(fromSide));
    }

    /// <inheritdoc/>
    public MediaResult Offer(CallSide from, ReadOnlyMemory<byte> sdp) => ResultOf(_session.Offer(SideOf(from), AsTaken(from, sdp)));

    /// <inheritdoc/>
    public MediaResult OfferFor(CallSide to, MediaPeer peer)
    {
        Expect(to, peer);
        return ResultOf(_session.OpenOffer(SideOf(to)));
    }

    /// <inheritdoc/>
    public MediaResult Answer(CallSide from, ReadOnlyMemory<byte> sdp) => InForce(_session.Answer(SideOf(from), AsTaken(from, sdp)));

    /// <inheritdoc/>
    public MediaResult Accept(CallSide from, ReadOnlyMemory<byte> sdp) => InForce(_session.Accept(SideOf(from), sdp));

    /// <inheritdoc/>
    public MediaResult Create(CallSide to) => ResultOf(_session.Create(SideOf(to)));

    /// <inheritdoc/>
    public bool WantsReoffer(CallSide side) => _session.WantsReoffer(SideOf(side));

    /// <inheritdoc/>
    public void AbandonOffer() => _session.AbandonOffer();

    /// <inheritdoc/>
    public bool HoldsOther(CallSide side) => _session.Plan.HoldsOther(SideOf(side));

    /// <inheritdoc/>
    public void Hold(CallSide by, bool on)
    {
        if (by == CallSide.Caller)
            _callerHolds = on;
        else
            _calleeHolds = on;
        _session.Hold(SideOf(by), on);
    }

    /// <inheritdoc/>
    public DirectionStatistics From(CallSide side) => StatisticsOf(_session.From(SideOf(side)), _session.QualityFrom(SideOf(side)));

    /// <inheritdoc/>
    public int StreamCount => _session.StreamCount;

    /// <inheritdoc/>
    public IReadOnlyList<MediaStreamSnapshot> Streams()
    {
        var streams = _session.Streams();
        var list = new MediaStreamSnapshot[streams.Count];
        for (var i = 0; i < list.Length; i++)
        {
            var stream = streams[i];
            list[i] = new MediaStreamSnapshot(
                stream.Kind,
                stream.AddressA.HostText(),
                stream.AddressA.Port,
                stream.AddressB.HostText(),
                stream.AddressB.Port,
                StatisticsOf(stream.FromA, stream.QualityFromA),
                StatisticsOf(stream.FromB, stream.QualityFromB))
            { DroppedFromCaller = stream.DroppedA, DroppedFromCallee = stream.DroppedB };
        }

        return list;
    }

    /// <inheritdoc/>
    public void Close() => _session.Close();

    internal SessionAudio Audio => _session.Audio;

    internal MemberId Join(CallSide side, MediaMix mix, MixSeat seat) => _session.Audio.Join(SideOf(side), mix, seat);

    internal void LeaveMix(CallSide side) => _session.Audio.Leave(SideOf(side));

    internal static MediaSide SideOf(CallSide side) => side switch
    {
        CallSide.Caller => MediaSide.A,
        CallSide.Callee => MediaSide.B,
        _ => throw new ArgumentOutOfRangeException(nameof(side), side, "the exchange has no media of its own here"),
    };

    private ReadOnlyMemory<byte> AsTaken(CallSide from, ReadOnlyMemory<byte> sdp) =>
        (from == CallSide.Caller ? _callerHolds : _calleeHolds) ? SdpDirections.Holding(sdp.Span) : sdp;

    private MediaResult InForce(in MediaAnswer answer)
    {
        if (answer.IsAccepted)
        {
            _sound.Follow();
            _music.Follow();
        }

        return ResultOf(answer);
    }

    private static MediaResult ResultOf(in MediaAnswer answer) => answer.Error switch
    {
        MediaError.None => new MediaResult(answer.Sdp),
        MediaError.Malformed => new MediaResult(default, MediaRefusal.Malformed, answer.Text),
        MediaError.NoPorts => new MediaResult(default, MediaRefusal.NoPorts, answer.Text),
        MediaError.WrongState => new MediaResult(default, MediaRefusal.WrongState, answer.Text),
        _ => new MediaResult(default, MediaRefusal.NotAcceptable, answer.Text),
    };

    private DirectionStatistics StatisticsOf(in RtpReport report, in StreamQuality quality) =>
        new(report.Packets, report.Bytes, report.Lost, report.JitterMilliseconds, report.LastSeen is { } seen ? clock.ToUtc(seen) : null)
        {
            MaxJitterMilliseconds = report.MaxJitterMilliseconds,
            Codec = quality.Codec,
            RoundTripMilliseconds = quality.RoundTripMilliseconds,
            Mos = quality.Mos,
            HeardLossPercent = quality.Heard?.LossFraction * 100,
            HeardJitterMilliseconds = quality.Heard?.JitterMilliseconds,
            HeardMos = quality.Heard?.Mos,
        };
}
