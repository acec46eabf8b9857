using System.Runtime.CompilerServices;

namespace Tandem.Media.Srtp;

/// <summary>
/// The SSRCs of one direction with their indices and replay windows, in a block of words that grows up to the bound: what a packet needs of
/// its stream lies together. Only packets that were authentic add one; when it is full, the one that was silent longest makes room. One
/// loop owns it.
/// </summary>
internal sealed class SrtpStreams(SrtpOptions options)
{
    private const int RtcpWindow = 128;
    private const int FirstCapacity = 2;

    /// <summary>
    /// SSRCs of a sender that had to make room and are remembered by name alone: 4096 are 16 KiB, and far more than any call has. They are
    /// looked through only when an SSRC comes that has no slot, so a plain list does.
    /// </summary>
    private const int MaxRetired = 4096;
    private const int FirstRetired = 64;

    private static readonly int RtcpWords = ReplayWindow.WordsFor(RtcpWindow);
    private static readonly int StateWords = Unsafe.SizeOf<SrtpStream>() / sizeof(ulong);

    private readonly int _rtpWords = ReplayWindow.WordsFor(options.ReplayWindow);
    private readonly int _stride = StateWords + ReplayWindow.WordsFor(options.ReplayWindow) + RtcpWords;
    private uint[] _ssrcs = [];

    // Of each stream: its state, the window of RTP, the window of RTCP.
    private ulong[] _words = [];
    private uint[] _retired = [];
    private int _retiredCount;
    private int _last;
    private uint _lastSsrc;
    private long _uses;

    public int Count { get; private set; }

    public ref SrtpStream this[int slot] => ref Unsafe.As<ulong, SrtpStream>(ref _words[slot * _stride]);

    /// <summary>The slot of an SSRC, or -1.</summary>
    public int Find(uint ssrc)
    {
        if (ssrc == _lastSsrc && Count > 0)
            return _last;

        var slot = _ssrcs.AsSpan(0, Count).IndexOf(ssrc);
        if (slot >= 0)
            (_last, _lastSsrc) = (slot, ssrc);
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
            this[slot] = default;
            (_last, _lastSsrc) = (slot, ssrc);
        }

        this[slot].LastUse = ++_uses;
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

        if (_retiredCount >= MaxRetired || _retired.AsSpan(0, _retiredCount).Contains(ssrc))
            return false;

        if (_retiredCount == _retired.Length)
            Array.Resize(ref _retired, Math.Clamp(_retiredCount * 2, FirstRetired, MaxRetired));
        _retired[_retiredCount++] = _ssrcs[Oldest()];
        return true;
    }

    public Span<ulong> RtpWindow(int slot) => _words.AsSpan((slot * _stride) + StateWords, _rtpWords);

    public Span<ulong> RtcpWindowOf(int slot) => _words.AsSpan(((slot + 1) * _stride) - RtcpWords, RtcpWords);

    /// <summary>Whether an index of RTP is new; everything is for an SSRC that is not known (slot -1).</summary>
    public SrtpVerdict CheckRtp(int slot, ulong index) =>
        slot < 0 || !this[slot].HasRtp ? SrtpVerdict.Accepted : ReplayWindow.Check(RtpWindow(slot), this[slot].HighestRtp, index);

    /// <summary>Whether an index of RTCP is new.</summary>
    public SrtpVerdict CheckRtcp(int slot, ulong index) =>
        slot < 0 || !this[slot].HasRtcp ? SrtpVerdict.Accepted : ReplayWindow.Check(RtcpWindowOf(slot), this[slot].HighestRtcp, index);

    /// <summary>Remembers an index of an authentic RTP packet.</summary>
    public void CommitRtp(uint ssrc, ulong index)
    {
        var slot = FindOrAdd(ssrc);
        ref var stream = ref this[slot];
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
        ref var stream = ref this[slot];
        if (stream.HasRtcp)
        {
            stream.HighestRtcp = ReplayWindow.Mark(RtcpWindowOf(slot), stream.HighestRtcp, index);
            return;
        }

        stream.HasRtcp = true;
        stream.HighestRtcp = index;
        ReplayWindow.Start(RtcpWindowOf(slot), index);
    }

    /// <summary>Reads the state of the SSRC that came last (see <see cref="Transport.RoundTouch"/>).</summary>
    public long Touch() => Count == 0 ? 0 : (long)(_words[_last * _stride] ^ _words[(_last * _stride) + StateWords]);

    private int Grow()
    {
        if (Count == _ssrcs.Length)
        {
            var capacity = Math.Min(options.MaxSsrcs, Math.Max(FirstCapacity, Count * 2));
            Array.Resize(ref _ssrcs, capacity);
            Array.Resize(ref _words, capacity * _stride);
        }

        return Count++;
    }

    private int Oldest()
    {
        var oldest = 0;
        for (var slot = 1; slot < Count; slot++)
        {
            if (this[slot].LastUse < this[oldest].LastUse)
                oldest = slot;
        }

        return oldest;
    }
}
