using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Tandem.Core.Time;
using Tandem.Media.Rtp;

namespace Tandem.Media.Dtmf;

/// <summary>
/// Reads the digits of one RTP stream out of its telephone events (RFC 4733 §2.5.2): each once, when it is over, however many of its packets
/// are lost, repeated, late or mixed with those of the next. Sans-IO, one thread, no allocation.
/// </summary>
public sealed class TelephoneEventReader
{
    /// <summary>Bytes of one event in a payload (§2.3).</summary>
    private const int EventBytes = 4;

    /// <summary>Events in one packet (§2.5.1.5) that are read; nobody presses more keys in a packet time.</summary>
    private const int MaxPacked = 8;

    private const int LongestSegment = 0xFFFF;

    /// <summary>§2.5.1.3.1: the shortest full segment where redundancy bounds it (0x3FFF less a few packets).</summary>
    private const int ShortestFullSegment = 0x3000;

    /// <summary>
    /// An event without news for so long is over: its last packets are lost. Four times the interval of 50 ms that §2.5.1.2
    /// recommends; §2.5.2.2 would have a tone stop after three.
    /// </summary>
    private static readonly TimeSpan Lapse = TimeSpan.FromMilliseconds(200);

    private Recent _recent;
    private int _recentAt;
    private Digits _ready;
    private int _readyCount;
    private int _readyAt;

    private bool _isActive;
    private uint _ssrc;
    private uint _timestamp;
    private int _code;
    private int _duration;
    private long _before;
    private int _clockRate;
    private Moment _start;
    private Moment _lastSeen;

    /// <summary>A digit is being pressed: its event has begun and not ended.</summary>
    public bool IsPressed => _isActive;

    /// <summary>The digit being pressed; meaningful while <see cref="IsPressed"/>.</summary>
    public char Pressed => DtmfDigits.TryFromCode(_code, out var digit) ? digit : default;

    /// <summary>Takes in a packet of telephone events.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload without padding.</param>
    /// <param name="clockRate">Hertz of the durations.</param>
    /// <param name="now">When it came.</param>
    public void Receive(in RtpHeader header, ReadOnlySpan<byte> payload, int clockRate, Moment now)
    {
        if (clockRate <= 0)
            return;

        Advance(now);
        var timestamp = header.Timestamp;
        for (var i = 0; i < MaxPacked && payload.Length >= EventBytes; i++, payload = payload[EventBytes..])
        {
            var duration = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
            Report(header.Ssrc, timestamp, payload[0], (payload[1] & 0x80) != 0, duration, header.Marker && i == 0, clockRate, now);

            // §2.5.2.4: events packed into one packet follow each other without a pause.
            timestamp += duration;
        }
    }

    /// <summary>Ends an event of which nothing was heard for long. Call it now and then, each tick for example.</summary>
    public void Advance(Moment now)
    {
        if (_isActive && now - _lastSeen >= Lapse)
            End();
    }

    /// <summary>Takes the next digit that is over.</summary>
    public bool TryTake(out DtmfDigit digit)
    {
        digit = default;
        if (_readyCount == 0)
            return false;

        digit = _ready[_readyAt];
        _readyAt = (_readyAt + 1) % MaxReady;
        _readyCount--;
        return true;
    }

    private void Report(uint ssrc, uint timestamp, int code, bool isEnd, int duration, bool isMarked, int clockRate, Moment now)
    {
        // §2.3.5: no digit lasts zero; a packet that says so is news of nothing.
        if (duration == 0 || code > DtmfDigits.FlashCode)
            return;

        if (_isActive && IsSame(ssrc, timestamp, code, duration, isMarked))
        {
            if (timestamp == _timestamp)
            {
                _duration = Math.Max(_duration, duration);
            }
            else if (IsNextSegment(timestamp - _timestamp))
            {
                // §2.5.2.3: the next segment begins where the last one ended.
                Remember();
                _before += timestamp - _timestamp;
                _timestamp = timestamp;
                _duration = duration;
            }
            else
            {
                // A sender that moves the timestamp along within one event; its durations still count from the beginning.
                Remember();
                _timestamp = timestamp;
                _duration = duration;
            }

            _lastSeen = now;
            if (isEnd)
                End();
            return;
        }

        if (WasSeen(ssrc, timestamp, code))
            return;

        // §2.5.2.2: the next tone, told by another timestamp, ends the one before.
        if (_isActive)
            End();

        _isActive = true;
        _ssrc = ssrc;
        _timestamp = timestamp;
        _code = code;
        _duration = duration;
        _before = 0;
        _clockRate = clockRate;
        _start = now - TimeSpan.FromTicks(duration * TimeSpan.TicksPerSecond / clockRate);
        _lastSeen = now;
        if (isEnd)
            End();
    }

    private bool IsSame(uint ssrc, uint timestamp, int code, int duration, bool isMarked)
    {
        if (ssrc != _ssrc || code != _code)
            return false;
        if (timestamp == _timestamp)
            return true;

        // Not marked, so it is no beginning, unless that was lost: then its duration is short again.
        var ahead = timestamp - _timestamp;
        return !isMarked && !WasSeen(ssrc, timestamp, code)
            && (IsNextSegment(ahead) || (ahead <= LongestSegment && duration > _duration));
    }

    private bool IsNextSegment(uint ahead) => ahead == LongestSegment || (ahead == _duration && _duration >= ShortestFullSegment);

    private void End()
    {
        _isActive = false;
        Remember();
        if (_readyCount == MaxReady || !DtmfDigits.TryFromCode(_code, out var digit))
            return;

        var milliseconds = (int)Math.Min((_before + _duration) * 1000 / _clockRate, int.MaxValue);
        _ready[(_readyAt + _readyCount) % MaxReady] = new DtmfDigit(digit, milliseconds, DtmfKind.RtpEvent, _start);
        _readyCount++;
    }

    private void Remember()
    {
        _recent[_recentAt] = new Key(_ssrc, _timestamp, _code, true);
        _recentAt = (_recentAt + 1) % MaxRecent;
    }

    private bool WasSeen(uint ssrc, uint timestamp, int code)
    {
        var key = new Key(ssrc, timestamp, code, true);
        for (var i = 0; i < MaxRecent; i++)
        {
            if (_recent[i] == key)
                return true;
        }

        return false;
    }

    private const int MaxRecent = 16;
    private const int MaxReady = 16;

    private readonly record struct Key(uint Ssrc, uint Timestamp, int Code, bool IsUsed);

    [InlineArray(MaxRecent)]
    private struct Recent
    {
        private Key _first;
    }

    [InlineArray(MaxReady)]
    private struct Digits
    {
        private DtmfDigit _first;
    }
}
