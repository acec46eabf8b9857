using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Rtp;

namespace Tandem.Calls.Media;

/// <summary>One call's media by the media engine: the caller is side A, the callee side B.</summary>
public sealed class EngineMediaSession(MediaSession session, IWallClock clock) : IMediaSession
{
    private readonly MediaSession _session = session;

    /// <inheritdoc/>
    public void Expect(CallSide side, MediaPeer peer) => _session.Expect(SideOf(side), peer.Address);

    /// <inheritdoc/>
    public void ContinueOrigin(CallSide side, IMediaSession from, CallSide fromSide)
    {
        if (from is EngineMediaSession other)
            _session.ContinueOrigin(SideOf(side), other._session, SideOf(fromSide));
    }

    /// <inheritdoc/>
    public MediaResult Offer(CallSide from, ReadOnlyMemory<byte> sdp) => ResultOf(_session.Offer(SideOf(from), sdp));

    /// <inheritdoc/>
    public MediaResult Answer(CallSide from, ReadOnlyMemory<byte> sdp) => ResultOf(_session.Answer(SideOf(from), sdp));

    public MediaResult OfferFor(CallSide to, MediaPeer peer) => throw new InvalidOperationException("TEMP");

    public MediaResult Accept(CallSide from, ReadOnlyMemory<byte> sdp) => throw new InvalidOperationException("TEMP");

    public MediaResult Create(CallSide to) => throw new InvalidOperationException("TEMP");

    public IMediaSound Sound => throw new InvalidOperationException("TEMP");

    /// <inheritdoc/>
    public void AbandonOffer() => _session.AbandonOffer();

    /// <inheritdoc/>
    public bool HoldsOther(CallSide side) => _session.Plan.HoldsOther(SideOf(side));

    /// <inheritdoc/>
    public DirectionStatistics From(CallSide side) => StatisticsOf(_session.From(SideOf(side)));

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
                StatisticsOf(stream.FromA),
                StatisticsOf(stream.FromB))
            { DroppedFromCaller = stream.DroppedA, DroppedFromCallee = stream.DroppedB };
        }

        return list;
    }

    /// <inheritdoc/>
    public void Close() => _session.Close();

    private static MediaSide SideOf(CallSide side) => side switch
    {
        CallSide.Caller => MediaSide.A,
        CallSide.Callee => MediaSide.B,
        _ => throw new ArgumentOutOfRangeException(nameof(side), side, "the exchange has no media of its own here"),
    };

    private static MediaResult ResultOf(in MediaAnswer answer) => answer.Error switch
    {
        MediaError.None => new MediaResult(answer.Sdp),
        MediaError.Malformed => new MediaResult(default, MediaRefusal.Malformed, answer.Text),
        MediaError.NoPorts => new MediaResult(default, MediaRefusal.NoPorts, answer.Text),
        MediaError.WrongState => new MediaResult(default, MediaRefusal.WrongState, answer.Text),
        _ => new MediaResult(default, MediaRefusal.NotAcceptable, answer.Text),
    };

    private DirectionStatistics StatisticsOf(in RtpReport report) =>
        new(report.Packets, report.Bytes, report.Lost, report.JitterMilliseconds, report.LastSeen is { } seen ? clock.ToUtc(seen) : null);
}
