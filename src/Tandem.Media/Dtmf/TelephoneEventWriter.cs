using System.Buffers.Binary;

namespace Tandem.Media.Dtmf;

/// <summary>
/// Writes the packets of one telephone event (RFC 4733 §2.5.1), one a call: updates with the duration so far, the first marked, the last
/// three times; events beyond the duration field in segments (§2.5.1.3). The caller sends each with the next sequence number. No allocation.
/// </summary>
public sealed class TelephoneEventWriter
{
    /// <summary>Bytes of a payload.</summary>
    public const int PayloadBytes = 4;

    /// <summary>§2.5.1.4: the final packet is sent three times.</summary>
    private const int Repetitions = 3;

    private const int LongestSegment = 0xFFFF;

    private int _code = -1;
    private int _volume;
    private uint _timestamp;
    private long _left;
    private long _elapsed;
    private int _ends;
    private int _segmentEnds;
    private bool _isFirst;

    /// <summary>Packets are still to be written.</summary>
    public bool IsActive => _code >= 0;

    /// <summary>The last part of the event was written; what follows repeats it.</summary>
    public bool IsOver => !IsActive || _ends > 0;

    /// <summary>Begins an event; false when <paramref name="digit"/> is none.</summary>
    /// <param name="digit">0 to 9, *, #, A to D or <see cref="DtmfDigits.Flash"/>.</param>
    /// <param name="milliseconds">How long, at least 1.</param>
    /// <param name="timestamp">The RTP timestamp of its beginning.</param>
    /// <param name="clockRate">Hertz.</param>
    /// <param name="volume">Level in -dBm0, 0 to 63 (§2.3.4). 10 by default; the flash has none.</param>
    public bool Begin(char digit, int milliseconds, uint timestamp, int clockRate, int volume = 10)
    {
        _code = DtmfDigits.CodeOf(digit);
        if (_code < 0 || milliseconds < 1 || clockRate < 1)
        {
            _code = -1;
            return false;
        }

        _volume = _code == DtmfDigits.FlashCode ? 0 : Math.Clamp(volume, 0, 63);
        _timestamp = timestamp;
        _left = Math.Max(1, (long)milliseconds * clockRate / 1000);
        _elapsed = 0;
        _ends = 0;
        _segmentEnds = 0;
        _isFirst = true;
        return true;
    }

    /// <summary>Writes the next packet; false when all are written.</summary>
    /// <param name="units">Timestamp units that have passed since the packet before (or the beginning).</param>
    /// <param name="payload">Room for <see cref="PayloadBytes"/>.</param>
    /// <param name="timestamp">The timestamp of the packet: the beginning of the event or segment.</param>
    /// <param name="isMarked">Its marker bit.</param>
    public bool TryWrite(int units, Span<byte> payload, out uint timestamp, out bool isMarked)
    {
        timestamp = _timestamp;
        isMarked = _isFirst;
        if (!IsActive || units < 0)
            return false;

        _elapsed += units;
        if (_elapsed > LongestSegment && _left > LongestSegment && _segmentEnds == 0)
        {
            // §2.5.1.3: a segment that is full is reported without the E bit, then the next one begins where it ended.
            Write(payload, LongestSegment, isEnd: false);
            _segmentEnds = 1;
            _isFirst = false;
            return true;
        }

        if (_segmentEnds > 0)
        {
            _segmentEnds = 0;
            _timestamp += LongestSegment;
            _elapsed -= LongestSegment;
            _left -= LongestSegment;
            timestamp = _timestamp;
        }

        var isEnd = _elapsed >= _left;
        Write(payload, (int)Math.Clamp(Math.Min(_elapsed, _left), 1, LongestSegment), isEnd);
        _isFirst = false;
        if (isEnd && ++_ends == Repetitions)
            _code = -1;
        return true;
    }

    private void Write(Span<byte> payload, int duration, bool isEnd)
    {
        payload[0] = (byte)_code;
        payload[1] = (byte)((isEnd ? 0x80 : 0) | _volume);
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)duration);
    }
}
