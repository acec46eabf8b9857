using System.Runtime.CompilerServices;
using Tandem.Core.Time;
using Tandem.Media.Rtcp;

namespace Tandem.Media.Rtp;

/// <summary>
/// What came from one side of one media line. Written by the media loop alone; <see cref="Read"/> may be called by any thread
/// and gives values that belong together (a sequence lock: the reader repeats, the writer never waits).
/// </summary>
public sealed class RtpStatistics
{
    // Forks in early media and video with retransmission have two or three sources at a time; a flood of new ones only evicts.
    internal const int MaxSources = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private Sources _sources;
    private int _version;
    private int _current;
    private long _uses;
    private long _packets;
    private long _bytes;
    private long _settledLoss;
    private long _duplicates;
    private long _late;
    private long _sourceChanges;
    private long _lastSeen = -1;
    private long _rtcpPackets;
    private double _maxJitter;
    private long _lossRuns;
    private long _skipped;
    private long _intervalStart = -1;
    private long _intervalLost;
    private long _intervalPackets;
    private double _lossFraction;
    private double _maxLossFraction;

    /// <summary>Counts an RTP packet.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="length">Its length in bytes, header included.</param>
    /// <param name="clockRate">Hertz of its payload type; 0 when the timestamp says nothing about time (unknown, events).</param>
    /// <param name="now">When it came.</param>
    public void Count(in RtpHeader header, int length, int clockRate, Moment now)
    {
        Volatile.Write(ref _version, _version + 1);
        Volatile.WriteBarrier();
        _packets++;
        _bytes += length;
        _lastSeen = now.Ticks;
        ref var source = ref Find(header.Ssrc, header.Sequence);
        source.LastUse = ++_uses;
        _settledLoss += source.Count(header.Sequence, out var duplicate, out var late, out var skipped);
        if (duplicate)
            _duplicates++;
        if (late)
            _late++;
        if (skipped > 0)
        {
            _lossRuns++;
            _skipped += skipped;
        }

        source.CountJitter(header.Timestamp, now.Ticks, clockRate);
        _maxJitter = Math.Max(_maxJitter, source.JitterSeconds);
        if (_intervalStart < 0 || now.Ticks - _intervalStart >= Interval.Ticks)
            EndInterval(now);
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Counts an RTCP packet: the side lives, though it may send no RTP.</summary>
    public void CountRtcp(Moment now)
    {
        Volatile.Write(ref _version, _version + 1);
        Volatile.WriteBarrier();
        _rtcpPackets++;
        _lastSeen = now.Ticks;
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Counts a datagram that is not RTP (UDPTL).</summary>
    public void CountDatagram(int length, Moment now)
    {
        Volatile.Write(ref _version, _version + 1);
        Volatile.WriteBarrier();
        _packets++;
        _bytes += length;
        _lastSeen = now.Ticks;
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>The source heard last; null before the first packet. For the loop that writes.</summary>
    internal uint? CurrentSsrc => _sources[_current].IsUsed ? _sources[_current].Ssrc : null;

    /// <summary>True when <paramref name="ssrc"/> is one of the sources heard lately. For the loop that writes.</summary>
    internal bool Has(uint ssrc)
    {
        for (var i = 0; i < MaxSources; i++)
        {
            if (_sources[i].IsUsed && _sources[i].Ssrc == ssrc)
                return true;
        }

        return false;
    }

    /// <summary>Notes a sender report of a source that is known, for the next report about it. For the loop that writes.</summary>
    internal void NoteSenderReport(uint ssrc, uint ntpMiddle, Moment now)
    {
        for (var i = 0; i < MaxSources; i++)
        {
            if (_sources[i].IsUsed && _sources[i].Ssrc == ssrc)
                _sources[i].NoteSenderReport(ntpMiddle, now);
        }
    }

    /// <summary>
    /// Report blocks (RFC 3550 §6.4.1) about the sources that were heard since the last call; returns how many. For the loop that writes.
    /// </summary>
    internal int WriteReports(Span<RtcpReportBlock> blocks, Moment now)
    {
        var count = 0;
        for (var i = 0; i < MaxSources && count < blocks.Length; i++)
        {
            if (_sources[i].HasNews)
                blocks[count++] = _sources[i].Report(now);
        }

        return count;
    }

    /// <summary>Reads what the next packet is counted in (see <see cref="Transport.RoundTouch"/>). For the loop that writes.</summary>
    internal long Touch()
    {
        ref var source = ref _sources[_current];
        return _packets ^ _intervalStart ^ source.LastUse ^ source.Ssrc ^ (source.IsUsed ? 1 : 0);
    }

    /// <summary>When the last packet came; null before the first. For the loop that writes.</summary>
    internal Moment? LastSeen => _lastSeen < 0 ? null : new Moment(_lastSeen);

    /// <summary>A consistent picture of the counters.</summary>
    public RtpReport Read()
    {
        var spin = new SpinWait();
        while (true)
        {
            var version = Volatile.Read(ref _version);
            if ((version & 1) == 0)
            {
                var report = Copy();
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _version) == version)
                    return report;
            }

            spin.SpinOnce();
        }
    }

    private RtpReport Copy() =>
        new(
            _packets,
            _bytes,
            Lost(),
            _duplicates,
            _late,
            _sourceChanges,
            _sources[_current].JitterSeconds * 1000,
            _lastSeen < 0 ? null : new Moment(_lastSeen),
            _rtcpPackets,
            _maxJitter * 1000,
            _lossFraction,
            _maxLossFraction,
            _lossRuns,
            _skipped);

    private long Lost()
    {
        var lost = _settledLoss;
        for (var i = 0; i < MaxSources; i++)
            lost += Math.Max(0, _sources[i].Lost);

        return lost;
    }

    private void EndInterval(Moment now)
    {
        var lost = Lost();
        if (_intervalStart >= 0)
        {
            var missing = Math.Max(0, lost - _intervalLost);
            var expected = missing + (_packets - _intervalPackets);
            _lossFraction = expected > 0 ? (double)missing / expected : 0;
            _maxLossFraction = Math.Max(_maxLossFraction, _lossFraction);
        }

        _intervalStart = now.Ticks;
        _intervalLost = lost;
        _intervalPackets = _packets;
    }

    private ref RtpSource Find(uint ssrc, ushort sequence)
    {
        if (_sources[_current].IsUsed && _sources[_current].Ssrc == ssrc)
            return ref _sources[_current];

        var oldest = 0;
        for (var i = 0; i < MaxSources; i++)
        {
            ref var candidate = ref _sources[i];
            if (candidate.IsUsed && candidate.Ssrc == ssrc)
            {
                _current = i;
                return ref candidate;
            }

            if (candidate.LastUse < _sources[oldest].LastUse)
                oldest = i;
        }

        // A source that makes room keeps what it lost.
        ref var slot = ref _sources[oldest];
        _settledLoss += Math.Max(0, slot.Lost);
        if (_uses > 0)
            _sourceChanges++;
        slot.Start(ssrc, sequence);
        _current = oldest;
        return ref slot;
    }

    [InlineArray(MaxSources)]
    private struct Sources
    {
        private RtpSource _first;
    }
}
