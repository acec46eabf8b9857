namespace Tandem.Media.Srtp;

/// <summary>
/// The SSRCs of one direction with their indices and replay windows, in a few arrays that grow up to the bound. Only packets that were
/// authentic add one; when it is full, the one that was silent longest makes room. One loop owns it.
/// </summary>
internal sealed class SrtpStreams(SrtpOptions options)
{
    private const int RtcpWindow = 128;
    private const int FirstCapacity = 2;

    /// <summary>SSRCs of a sender that had to make room and are remembered by name alone: 4096 are 64 kB, and far more than any call has.</summary>
    private const int MaxRetired = 4096;

    private readonly int _rtpWords = ReplayWindow.WordsFor(options.ReplayWindow);
    private readonly int _rtcpWords = ReplayWindow.WordsFor(RtcpWindow);
    private uint[] _ssrcs = [];
    private SrtpStream[] _streams = [];
    private ulong[] _windows = [];
    private HashSet<uint>? _retired;
    private int _last;
    private long _uses;

    public int Count { get; private set; }

    public ref SrtpStream this[int slot] => ref _streams[slot];

    private int WordsPerStream => _rtpWords + _rtcpWords;

    /// <summary>The slot of an SSRC, or -1.</summary>
    public int Find(uint ssrc)
    {
        if (_last < Count && _ssrcs[_last] == ssrc)
            return _last;

        var slot = _ssrcs.AsSpan(0, Count).IndexOf(ssrc);
        if (slot >= 0)
            _last = slot;
        return slot;
    }

    /// <summary>The slot of an SSRC whose packet was authentic; a new one replaces the one that was used longest ago when all are taken.</summary>
    public int FindOrAdd(uint ssrc)
    {
        var slot = Find(ssrc);
        if (slot < 0)
        {
            slot = Count < options.MaxSsrcs ? Grow() : Oldest();
            _ssrcs[slot] = ssrc;
            _streams[slot] = default;
            _last = slot;
        }

        _streams[slot].LastUse = ++_uses;
        return slot;
    }

    /// <summary>
    /// Whether a sender may begin with an SSRC that has no slot. One that made room for others may not: what indices it used is forgotten, and
    /// none may be used twice (RFC 3711 §9.1).
    /// </summary>
    public bool TryBegin(uint ssrc)
    {
        if (Count < options.MaxSsrcs)
            return true;

        _retired ??= [];
        if (_retired.Contains(ssrc) || _retired.Count >= MaxRetired)
            return false;

        _retired.Add(_ssrcs[Oldest()]);
        return true;
    }

    public Span<ulong> RtpWindow(int slot) => _windows.AsSpan(slot * WordsPerStream, _rtpWords);

    public Span<ulong> RtcpWindowOf(int slot) => _windows.AsSpan((slot * WordsPerStream) + _rtpWords, _rtcpWords);

    /// <summary>Whether an index of RTP is new; everything is for an SSRC that is not known (slot -1).</summary>
    public SrtpVerdict CheckRtp(int slot, ulong index) =>
        slot < 0 || !_streams[slot].HasRtp ? SrtpVerdict.Accepted : ReplayWindow.Check(RtpWindow(slot), _streams[slot].HighestRtp, index);

    /// <summary>Whether an index of RTCP is new.</summary>
    public SrtpVerdict CheckRtcp(int slot, ulong index) =>
        slot < 0 || !_streams[slot].HasRtcp ? SrtpVerdict.Accepted : ReplayWindow.Check(RtcpWindowOf(slot), _streams[slot].HighestRtcp, index);

    /// <summary>Remembers an index of an authentic RTP packet.</summary>
    public void CommitRtp(uint ssrc, ulong index)
    {
        var slot = FindOrAdd(ssrc);
        ref var stream = ref _streams[slot];
        if (stream.HasRtp)
        {
            stream.HighestRtp = ReplayWindow.Mark(RtpWindow(slot), stream.HighestRtp, index);
            return;
        }

        stream.HasRtp = true;
        stream.HighestRtp = index;
        ReplayWindow.Start(RtpWindow(slot), index);
    }

    /// <summary>Remembers an index of an authentic RTCP packet.</summary>
    public void CommitRtcp(uint ssrc, ulong index)
    {
        var slot = FindOrAdd(ssrc);
        ref var stream = ref _streams[slot];
        if (stream.HasRtcp)
        {
            stream.HighestRtcp = ReplayWindow.Mark(RtcpWindowOf(slot), stream.HighestRtcp, index);
            return;
        }

        stream.HasRtcp = true;
        stream.HighestRtcp = index;
        ReplayWindow.Start(RtcpWindowOf(slot), index);
    }

    private int Grow()
    {
        if (Count == _ssrcs.Length)
        {
            var capacity = Math.Min(options.MaxSsrcs, Math.Max(FirstCapacity, Count * 2));
            Array.Resize(ref _ssrcs, capacity);
            Array.Resize(ref _streams, capacity);
            Array.Resize(ref _windows, capacity * WordsPerStream);
        }

        return Count++;
    }

    private int Oldest()
    {
        var oldest = 0;
        for (var slot = 1; slot < Count; slot++)
        {
            if (_streams[slot].LastUse < _streams[oldest].LastUse)
                oldest = slot;
        }

        return oldest;
    }
}
