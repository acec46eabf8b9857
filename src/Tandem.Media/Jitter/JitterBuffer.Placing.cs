using Tandem.Media.Rtp;

namespace Tandem.Media.Jitter;

/// <summary>
/// Where a packet belongs in the one continuous stream: sequence numbers and timestamps across wraps, restarts, new sources, other clocks and steps
/// (RFC 3550 §A.1, RFC 7160 §4).
/// </summary>
public sealed partial class JitterBuffer
{
    // RFC 3550 §A.1: a minute of dropout, two seconds of disorder at 50 packets a second.
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;

    /// <summary>After so long without packets, a step of the timestamps is believed at once: the sender paused its clock.</summary>
    private const long Quiet = 500 * Millisecond;

    /// <summary>How much the transit of packets may differ that confirm a step together: more than jitter, less than a burst of two packets.</summary>
    private const long StepTolerance = 30 * Millisecond;

    /// <summary>How long packets must confirm a step: a burst after a stall is over sooner.</summary>
    private const long StepTime = 40 * Millisecond;

    // Where the sender stands.
    private bool _started;
    private uint _ssrc;
    private long _highest;
    private ushort _highestSequence;
    private long _highestMedia;
    private uint _referenceTimestamp;
    private long _referenceMedia;
    private int _clockRate;
    private long _packetTicks = UsualPacket;
    private long _lastArrival;

    // Who or what might replace it.
    private uint _candidateSsrc;
    private ushort _candidateSequence;
    private bool _hasCandidate;
    private int _strangeSequence = -1;
    private int _stepPackets;
    private long _stepTransit;
    private long _stepSince;

    // Where a packet belongs; false when it belongs nowhere (yet).
    private bool TryPlace(in RtpHeader header, int clockRate, JitterContent content, long now, out long sequence, out long media, out bool isRestart)
    {
        isRestart = true;
        if (!_started)
        {
            _started = true;
            _highest = 1L << 32;
            _next = _highest + 1;
            _highestMedia = now - _delays.Base - UsualPacket;
            return Begin(header, clockRate, now, out sequence, out media);
        }

        sequence = 0;
        media = 0;
        if (header.Ssrc != _ssrc)
        {
            // Another source must send two in a row while the known one is silent: two that talk at once do not take turns.
            if (_hasCandidate && header.Ssrc == _candidateSsrc && header.Sequence == (ushort)(_candidateSequence + 1))
                return Restart(header, clockRate, now, out sequence, out media);

            _hasCandidate = true;
            _candidateSsrc = header.Ssrc;
            _candidateSequence = header.Sequence;
            _discarded++;
            return false;
        }

        _hasCandidate = false;
        var ahead = (short)(header.Sequence - _highestSequence);
        if (ahead is > MaxDropout or < -MaxMisorder)
        {
            if (_strangeSequence == header.Sequence)
                return Restart(header, clockRate, now, out sequence, out media);

            _strangeSequence = (ushort)(header.Sequence + 1);
            _discarded++;
            return false;
        }

        _strangeSequence = -1;
        isRestart = false;
        sequence = _highest + ahead;
        if (content == JitterContent.Nothing || (content == JitterContent.Noise && clockRate != _clockRate))
        {
            // The timestamp of an event is its beginning, perhaps on another clock: it says nothing about when this packet belongs.
            media = _highestMedia;
            if (ahead > 0)
                media = Math.Min(media + (_packetTicks * ahead), Math.Max(media, now - _delays.Base));
            return true;
        }

        if (clockRate != _clockRate)
        {
            // RFC 7160 §4: a new clock starts where the stream stands; what is left of the old one comes too late.
            if (ahead > 0)
                return Begin(header, clockRate, now, out sequence, out media);

            _late++;
            return false;
        }

        media = MediaOf(header.Timestamp);
        var excess = now - media - _delays.Base;
        if (excess <= _max && excess >= -_discontinuity)
        {
            _stepPackets = 0;
            return true;
        }

        if (ahead > 0 && (now - _lastArrival >= Quiet || ConfirmsStep(now - media, now)))
            return Restart(header, clockRate, now, out sequence, out media);

        isRestart = false;
        _late++;
        return false;
    }

    private bool ConfirmsStep(long transit, long now)
    {
        if (_stepPackets == 0 || Math.Abs(transit - _stepTransit) > StepTolerance)
        {
            _stepPackets = 1;
            _stepTransit = transit;
            _stepSince = now;
            return false;
        }

        return ++_stepPackets >= 3 && now - _stepSince >= StepTime;
    }

    private bool Restart(in RtpHeader header, int clockRate, long now, out long sequence, out long media)
    {
        _restarts++;
        return Begin(header, clockRate, now, out sequence, out media);
    }

    // The stream goes on with this packet, as if it had come without delay and no packet were missing.
    private bool Begin(in RtpHeader header, int clockRate, long now, out long sequence, out long media)
    {
        sequence = _highest + 1;
        media = Math.Max(now - _delays.Base, _highestMedia + _packetTicks);
        _ssrc = header.Ssrc;
        _clockRate = clockRate;
        _referenceTimestamp = header.Timestamp;
        _referenceMedia = media;
        _highestSequence = (ushort)(header.Sequence - 1);
        _hasCandidate = false;
        _strangeSequence = -1;
        _stepPackets = 0;
        return true;
    }

    private long MediaOf(uint timestamp)
    {
        var units = (long)(int)(timestamp - _referenceTimestamp);
        var seconds = units / _clockRate;
        if (seconds >= 10)
        {
            // The reference moves by whole seconds, so that nothing is rounded away and the difference never overflows.
            _referenceTimestamp += (uint)(seconds * _clockRate);
            _referenceMedia += seconds * TimeSpan.TicksPerSecond;
            units -= seconds * _clockRate;
        }

        return _referenceMedia + (units * TimeSpan.TicksPerSecond / _clockRate);
    }
}
