using System.Buffers;
using System.Globalization;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Media;
using Tandem.Media.Dtmf;
using Tandem.Media.Events;
using Tandem.Testing.Phones;

namespace Tandem.Testing.Media;

/// <summary>A session of <see cref="FakeMediaService"/>: address and port are rewritten, directions are believed.</summary>
public sealed class FakeMediaSession : IMediaSession
{
    private const string Address = "c=IN IP4 ";
    private const string Audio = "m=audio ";
    private const int Room = 64; // what a line grows by at most

    private static readonly string Own = Sdp.Audio();
    private static readonly DirectionStatistics FromCaller = new(50, 8_000, 0, 0, null);
    private static readonly DirectionStatistics FromCallee = new(40, 8_000, 0, 0, null);

    private readonly int _port;
    private readonly Action<MediaEvent> _happened;
    private readonly Action _closed;
    private readonly Dictionary<CallSide, string> _inForce = [];
    private readonly List<(ReadOnlyMemory<byte> Bytes, string Text)> _given = [];
    private (CallSide From, string Sdp)? _offer;
    private bool _answered;
    private bool _isOwn;
    private HashSet<CallSide>? _wasteful;
    private HashSet<CallSide>? _holding;
    private CallSide? _ownHold;
    private MediaPeer? _caller;
    private MediaPeer? _callee;

    internal FakeMediaSession(int port, Action<MediaEvent> happened, Action closed, string recordingProblem)
    {
        _port = port;
        _happened = happened;
        _closed = closed;
        Sound = new FakeMediaSound(() => _inForce.Count > 0, (side, digit, ms) => Hear(side, digit, DtmfKind.Info, ms), happened) { RecordingProblem = recordingProblem };
    }

    /// <summary>The side that came from another session, and what it was there (RFC 3264 §8); null when none did.</summary>
    public (CallSide Side, CallSide FromSide)? Continued { get; private set; }

    /// <summary>The side whose streams go on from another session, and what it was there; null when none do.</summary>
    public (CallSide Side, CallSide FromSide)? StreamsContinued { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>When set, the next offer throws, as code with a fault would.</summary>
    public bool Broken { get; set; }

    /// <summary>An offer waits for its answer.</summary>
    public bool HasOpenOffer => _offer is not null && !_answered;

    /// <summary>Makes the session say that nothing comes from <paramref name="side"/>.</summary>
    public void FallSilent(CallSide side) => _happened(new MediaSilent(side == CallSide.Caller ? MediaSide.A : MediaSide.B));

    /// <summary>Makes the session hear a key.</summary>
    public void Hear(CallSide side, char digit, DtmfKind kind = DtmfKind.RtpEvent, int milliseconds = 100) =>
        _happened(new DtmfReceived(side == CallSide.Caller ? MediaSide.A : MediaSide.B, digit, milliseconds, kind));

    /// <summary>The SDP in force of a side; empty before the first answer.</summary>
    public string InForce(CallSide side) => _inForce.GetValueOrDefault(side, "");

    /// <summary>The port of ours that a side is told to send to.</summary>
    public int PortToward(CallSide side) => side == CallSide.Caller ? _port : _port + 2;

    public void ContinueOrigin(CallSide side, IMediaSession from, CallSide fromSide)
    {
        if (from == this)
            throw new InvalidOperationException("a side comes from another session");
        Continued = (side, fromSide);
    }

    public void ContinueStreams(CallSide side, IMediaSession from, CallSide fromSide)
    {
        if (from == this)
            throw new InvalidOperationException("a side comes from another session");
        StreamsContinued = (side, fromSide);
    }

    public MediaResult Offer(CallSide from, ReadOnlyMemory<byte> sdp)
    {
        if (Broken)
            throw new InvalidOperationException("broken on purpose");
        if (HasOpenOffer)
            return new MediaResult(default, MediaRefusal.WrongState, "an offer is open");

        var text = AsTaken(from, Read(sdp));
        if (Check(text) is { } refusal)
            return refusal;

        _offer = (from, text);
        _answered = false;
        return new MediaResult(Rewrite(text, Other(from)));
    }

    public MediaResult Answer(CallSide from, ReadOnlyMemory<byte> sdp)
    {
        if (_offer is not { } offer || offer.From == from)
            return new MediaResult(default, MediaRefusal.WrongState, "no offer");

        var text = AsTaken(from, Read(sdp));
        if (Check(text) is { } refusal)
            return refusal;

        _answered = true;
        _inForce[from] = text;
        if (_isOwn)
        {
            _isOwn = false;
            FollowOwnHold(from);
            Wasteful.Remove(from);
            return new MediaResult(default);
        }

        _inForce[offer.From] = offer.Sdp;
        return new MediaResult(Rewrite(text, offer.From));
    }

    /// <summary>Kinds of phone that got an offer of their own.</summary>
    public List<MediaPeer> Others => field ??= [];

    /// <summary>What was told of a side last.</summary>
    public Dictionary<CallSide, MediaPeer> Expected => new() { [CallSide.Caller] = _caller!, [CallSide.Callee] = _callee! };

    public void Expect(CallSide side, MediaPeer peer)
    {
        if (side == CallSide.Caller)
            _caller = peer;
        else
            _callee = peer;
    }

    public MediaResult OfferFor(CallSide to, MediaPeer peer)
    {
        Others.Add(peer);
        Expect(to, peer);
        return _offer is { } offer ? new MediaResult(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Rewrite(offer.Sdp, to).Span) + "a=x-other\r\n")) : new MediaResult(default, MediaRefusal.WrongState);
    }

    public MediaResult Accept(CallSide from, ReadOnlyMemory<byte> sdp)
    {
        var text = Read(sdp);
        if (Check(text) is { } refusal)
            return refusal;

        _inForce[from] = text;
        FollowOwnHold(from);
        var answer = text.Replace("a=sendonly", "a=recvonly", StringComparison.Ordinal);
        return new MediaResult(Rewrite(IsHeldAlone(from) ? answer.Replace("a=sendrecv\r\n", "", StringComparison.Ordinal).Replace("a=recvonly", "a=inactive", StringComparison.Ordinal) + (answer.Contains("a=recvonly", StringComparison.Ordinal) ? "" : "a=sendonly\r\n") : answer, from));
    }

    public MediaResult Create(CallSide to)
    {
        if (HasOpenOffer)
            return new MediaResult(default, MediaRefusal.WrongState, "an offer is open");

        _offer = (to == CallSide.Caller ? CallSide.Callee : CallSide.Caller, Own);
        _answered = false;
        _isOwn = true;
        return new MediaResult(Rewrite(IsHeldAlone(to) ? AsTaken(Other(to), Own) : Own, to));
    }

    /// <summary>Sides that could do with fewer codecs.</summary>
    public HashSet<CallSide> Wasteful => _wasteful ??= [];

    public bool WantsReoffer(CallSide side) => _wasteful?.Contains(side) == true;

    /// <summary>What the exchange plays and hears.</summary>
    public FakeMediaSound Sound { get; }

    IMediaSound IMediaSession.Sound => Sound;

    public void AbandonOffer()
    {
        if (!_answered)
            _offer = null;
    }

    public bool HoldsOther(CallSide side) => Sdp.DirectionOf(InForce(side)) is "sendonly" or "inactive" || (_ownHold == side && !_inForce.ContainsKey(side));

    public DirectionStatistics From(CallSide side) => side == CallSide.Caller ? FromCaller : FromCallee;

    public IReadOnlyList<MediaStreamSnapshot> Streams() => [];

    public void Close()
    {
        if (IsClosed)
            return;

        // A session may keep the SDP that it was given: whoever gave it must not give its bytes back before the end.
        foreach (var (bytes, text) in _given)
        {
            if (!IsText(bytes.Span, text))
                throw new InvalidOperationException("SDP was changed while the session had it");
        }

        IsClosed = true;
        _closed();
    }

    /// <summary>Sides whose SDP is taken as that of one who holds the other.</summary>
    public HashSet<CallSide> Holding => _holding ??= [];

    public void Hold(CallSide by, bool on)
    {
        if (on)
            Holding.Add(by);
        else
            Holding.Remove(by);
    }

    private string AsTaken(CallSide from, string text) => _holding?.Contains(from) != true
        ? text
        : text.Replace("a=sendrecv\r\n", "", StringComparison.Ordinal) + "a=sendonly\r\n";

    // RFC 3264 §8.4: nobody is on the other side, and the exchange holds in its place.
    private bool IsHeldAlone(CallSide side) => _holding?.Contains(Other(side)) == true && !_inForce.ContainsKey(Other(side));

    private void FollowOwnHold(CallSide side) => _ownHold = IsHeldAlone(side) ? Other(side) : null;

    private static CallSide Other(CallSide side) => side == CallSide.Caller ? CallSide.Callee : CallSide.Caller;

    private string Read(ReadOnlyMemory<byte> sdp)
    {
        var text = Encoding.UTF8.GetString(sdp.Span);
        _given.Add((sdp, text));
        return text;
    }

    private static MediaResult? Check(string text)
    {
        if (!text.StartsWith("v=0", StringComparison.Ordinal))
            return new MediaResult(default, MediaRefusal.Malformed, "not SDP");

        return text.Contains("m=audio", StringComparison.Ordinal)
            ? null
            : new MediaResult(default, MediaRefusal.NotAcceptable, "no audio");
    }

    // What signalling allocates is measured beside this: it makes nothing but its result.
    private static bool IsText(ReadOnlySpan<byte> bytes, string text)
    {
        var chars = ArrayPool<char>.Shared.Rent(bytes.Length);
        var isText = Encoding.UTF8.TryGetChars(bytes, chars, out var count) && chars.AsSpan(0, count).SequenceEqual(text);
        ArrayPool<char>.Shared.Return(chars);
        return isText;
    }

    private static int Count(ReadOnlySpan<char> text, string of) => text.IndexOfAnyExcept(of) is >= 0 and var end ? end : text.Length;

    // Ours counts as private here, so that what the side sees is told.
    private string HostToward(CallSide side) =>
        (side == CallSide.Caller ? _caller : _callee) is { SeesUsAt.IsUnspecified: false } peer ? peer.SeesUsAt.HostText() : FakeMediaService.Host;

    private ReadOnlyMemory<byte> Rewrite(string text, CallSide toward)
    {
        var room = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length) + (Room * (1 + text.AsSpan().Count('\n'))));
        var length = 0;
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var line = rest[..(rest.IndexOf('\n') is >= 0 and var end ? end + 1 : rest.Length)];
            rest = rest[line.Length..];
            if (line.StartsWith(Address) && Count(line[Address.Length..], "0123456789.") is > 0 and var host)
            {
                length += Encoding.UTF8.GetBytes(Address, room.AsSpan(length));
                length += Encoding.UTF8.GetBytes(HostToward(toward), room.AsSpan(length));
                line = line[(Address.Length + host)..];
            }
            else if (line.StartsWith(Audio) && Count(line[Audio.Length..], "0123456789") is > 0 and var port)
            {
                length += Encoding.UTF8.GetBytes(Audio, room.AsSpan(length));
                PortToward(toward).TryFormat(room.AsSpan(length), out var digits, default, CultureInfo.InvariantCulture);
                length += digits;
                line = line[(Audio.Length + port)..];
            }

            length += Encoding.UTF8.GetBytes(line, room.AsSpan(length));
        }

        var rewritten = room.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(room);
        return rewritten;
    }
}
