using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Media.Rtp;

namespace Tandem.Media.Jitter;

/// <summary>
/// Puts the packets of one RTP stream in order and gives them out in time. Media time is kept on the axis of the clock, in ticks of
/// 100 ns: a timestamp becomes the moment at which an undelayed packet would have come, so that clock rates, restarts, new sources and
/// steps of the timestamp all become one continuous stream. Whoever takes sound out says when the next sample will be heard; the
/// difference is the delay. Sans-IO, one thread; nothing is allocated once the pool is warm.
/// </summary>
public sealed partial class JitterBuffer : IDisposable
{
    private const long Millisecond = TimeSpan.TicksPerMillisecond;

    /// <summary>Longest packet time, and the duration assumed of none that is known.</summary>
    private const long LongestPacket = 120 * Millisecond;
    private const long UsualPacket = 20 * Millisecond;

    private readonly JitterOptions _options;
    private readonly BufferPool _pool;
    private readonly DelayEstimator _delays;
    private readonly Slot[] _slots;
    private readonly int _mask;
    private readonly long _max;
    private readonly long _discontinuity;

    private long _received;
    private long _lost;
    private long _late;
    private long _duplicates;
    private long _discarded;
    private long _restarts;
    private long _repaired;

    public JitterBuffer(JitterOptions options, BufferPool? pool = null)
    {
        if (options.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        _options = options;
        _pool = pool ?? BufferPool.Shared;
        _delays = new DelayEstimator(options);
        var capacity = 8;
        while (capacity < options.MaxPackets)
            capacity *= 2;
        _slots = new Slot[capacity];
        for (var i = 0; i < capacity; i++)
            _slots[i].Sequence = -1;
        _mask = capacity - 1;
        _max = options.MaxMilliseconds * Millisecond;
        _discontinuity = options.DiscontinuityMilliseconds * Millisecond;
    }

    /// <summary>Packets that wait.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Set when payloads carry redundancy of the packet before (Opus in-band FEC): the wait then also covers the packet after a lost one.
    /// </summary>
    public bool RepairsFromNext { get; set; }

    /// <summary>Takes in a packet. Its payload is copied.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload, without padding.</param>
    /// <param name="clockRate">Hertz of its timestamp.</param>
    /// <param name="content">What the payload is.</param>
    /// <param name="now">When it came.</param>
    public void Put(in RtpHeader header, ReadOnlySpan<byte> payload, int clockRate, JitterContent content, Moment now)
    {
        _received++;
        _primary = -1;
        if (payload.Length > _options.MaxPayloadBytes || clockRate <= 0)
        {
            _discarded++;
            return;
        }

        if (!TryPlace(header, clockRate, content, now.Ticks, out var sequence, out var media, out var isRestart))
            return;

        _lastArrival = now.Ticks;
        if (IsDuplicate(sequence))
        {
            _duplicates++;
            return;
        }

        if (content == JitterContent.Audio)
        {
            _delays.Add(now.Ticks - media, now.Ticks);
            if (sequence > _highest && !isRestart)
                LearnFrom(sequence, media, now.Ticks);
        }

        if (sequence > _highest)
        {
            _highest = sequence;
            _highestSequence = header.Sequence;
            _highestMedia = Math.Max(_highestMedia, media);
        }

        _primary = sequence;
        _primaryMedia = media;
        Store(sequence, media, payload, header.PayloadType, content, isRestart, isRepair: false);
    }

    /// <summary>
    /// Takes in a redundant block (RFC 2198) of the packet put in last. It fills a hole, or is forgotten: what is here already, or was heard,
    /// is not replaced.
    /// </summary>
    /// <param name="offset">How much earlier than that packet, in timestamp units.</param>
    /// <param name="order">1 for the last redundant block, 2 for the one before, and so on.</param>
    /// <param name="payload">The block.</param>
    /// <param name="payloadType">Its payload type.</param>
    /// <param name="content">What it is.</param>
    /// <param name="now">When it came.</param>
    public void PutRedundant(int offset, int order, ReadOnlySpan<byte> payload, int payloadType, JitterContent content, Moment now)
    {
        if (_primary < 0 || offset <= 0 || order <= 0 || payload.IsEmpty || payload.Length > _options.MaxPayloadBytes)
            return;

        var ticks = offset * TimeSpan.TicksPerSecond / _clockRate;

        // The offset tells which packet it was when all are of one length; else the order of the blocks must do.
        var packets = (ticks + (_packetTicks / 2)) / _packetTicks;
        var back = Math.Abs((packets * _packetTicks) - ticks) <= Millisecond && packets > 0 ? packets : order;
        var sequence = _primary - back;
        var media = _primaryMedia - ticks;
        if (sequence < _next || IsDuplicate(sequence))
            return;

        ref readonly var after = ref _slots[(sequence + 1) & _mask];
        if (after.Sequence == sequence + 1 && after.Content == JitterContent.Audio && after.Media <= media)
            return;

        if (content == JitterContent.Audio)
            _delays.AddRepair(now.Ticks - media);
        Store(sequence, media, payload, (byte)payloadType, content, isRestart: false, isRepair: true);
    }

    /// <summary>Empties the buffer and forgets the stream; the counters stay.</summary>
    public void Reset()
    {
        Return();
        for (var i = 0; i < _slots.Length; i++)
            Free(ref _slots[i]);
        _started = false;
        _isPlaying = false;
        _isPaused = false;
        _owed = 0;
        _taken = 0;
        _next = 0;
        _hasCandidate = false;
        _strangeSequence = -1;
        _stepPackets = 0;
    }

    /// <summary>Gives the payloads back to their pool.</summary>
    public void Dispose() => Reset();

    /// <summary>The state and the counters, with the delay of the sample that is heard at <paramref name="at"/> when all that was given out is.</summary>
    public JitterReport Read(Moment at) => new(
        _received,
        _lost,
        _late,
        _duplicates,
        _discarded,
        _restarts,
        _repaired,
        Count,
        _isPlaying ? Math.Max(0, (at.Ticks - _delays.Base - _end) / (double)Millisecond) : 0,
        _delays.Target / (double)Millisecond);

    private void LearnFrom(long sequence, long media, long now)
    {
        if (sequence == _highest + 1)
        {
            if (media - _highestMedia is > 0 and <= LongestPacket)
                _packetTicks = media - _highestMedia;
        }
        else if (RepairsFromNext && sequence == _highest + 2)
        {
            _delays.AddRepair(now - (media - _packetTicks));
        }
    }

    private bool IsDuplicate(long sequence)
    {
        if (sequence >= _next)
            return _slots[sequence & _mask].Sequence == sequence;

        var back = _next - 1 - sequence;
        return back < 64 && (_taken >> (int)back & 1) != 0;
    }

    private void Store(long sequence, long media, ReadOnlySpan<byte> payload, byte payloadType, JitterContent content, bool isRestart, bool isRepair)
    {
        if (sequence < _next)
        {
            if (_isPlaying || _next - sequence + Span() > _slots.Length)
            {
                _late++;
                MarkTaken(sequence);
                return;
            }

            // Nothing was heard yet: the stream begins earlier than its first packet to arrive.
            _next = sequence;
        }

        while (sequence - _next >= _slots.Length)
            DropOldest(sequence);

        ref var slot = ref _slots[sequence & _mask];
        slot.Buffer = payload.IsEmpty ? null : _pool.Rent(payload.Length);
        if (slot.Buffer is { } buffer)
        {
            payload.CopyTo(buffer.Array);
            buffer.Length = payload.Length;
        }

        slot.Sequence = sequence;
        slot.Media = media;
        slot.PayloadType = payloadType;
        slot.Content = content;
        slot.IsRestart = isRestart;
        slot.IsRepair = isRepair;
        Count++;
    }

    private int Span() => Count == 0 ? 0 : (int)(_highest - _next + 1);

    private void DropOldest(long forSequence)
    {
        if (Count == 0)
        {
            _lost += forSequence - _next;
            _taken = 0;
            _next = forSequence;
            return;
        }

        ref var slot = ref _slots[_next & _mask];
        if (slot.Sequence == _next)
        {
            Free(ref slot);
            _discarded++;
        }
        else
        {
            _lost++;
        }

        _taken <<= 1;
        _next++;
        _isSeam = true;
    }

    private void Free(ref Slot slot)
    {
        if (slot.Sequence < 0)
            return;

        slot.Buffer?.Release();
        slot.Buffer = null;
        slot.Sequence = -1;
        Count--;
    }

    private struct Slot
    {
        public long Sequence;
        public long Media;
        public PooledBuffer? Buffer;
        public byte PayloadType;
        public JitterContent Content;
        public bool IsRestart;
        public bool IsRepair;
    }
}
