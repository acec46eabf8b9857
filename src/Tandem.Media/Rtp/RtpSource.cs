using Tandem.Core.Time;
using Tandem.Media.Rtcp;

namespace Tandem.Media.Rtp;

/// <summary>
/// Sequence numbers of one synchronization source: loss by RFC 3550 §A.3 over the validity rules of §A.1, jitter by §A.8.
/// A mutable value without allocation; <see cref="RtpStatistics"/> holds a few of them.
/// </summary>
internal struct RtpSource
{
    // RFC 3550 §A.1: a minute of dropout, two seconds of disorder at 50 packets a second.
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;
    private const uint NoBadSequence = 0x10001;

    // A transit time that jumps by more is another clock of the sender (hold, a new stream), not the network.
    private const int MaxTransitSeconds = 1;

    private uint _baseSequence;
    private uint _cycles;
    private uint _badSequence;
    private ushort _maxSequence;
    private long _received;
    private ulong _seen;
    private uint _transit;
    private int _transitClock;
    private double _jitter;
    private long _expectedPrior;
    private long _receivedPrior;
    private uint _lastSrMiddle;
    private Moment _lastSrAt;

    public uint Ssrc { get; private set; }

    public bool IsUsed { get; private set; }

    /// <summary>A counter of use, for eviction.</summary>
    public long LastUse { get; set; }

    /// <summary>Jitter in seconds.</summary>
    public readonly double JitterSeconds => _transitClock == 0 ? 0 : _jitter / _transitClock;

    /// <summary>§A.3: expected less received; negative when duplicates came.</summary>
    public readonly long Lost => IsUsed ? Expected - _received : 0;

    /// <summary>Packets received since the last report block.</summary>
    public readonly bool HasNews => IsUsed && _received > _receivedPrior;

    private readonly long Expected => (long)_cycles + _maxSequence - _baseSequence + 1;

    /// <summary>Notes a sender report of this source, for the next report block about it.</summary>
    public void NoteSenderReport(uint ntpMiddle, Moment now)
    {
        _lastSrMiddle = ntpMiddle;
        _lastSrAt = now;
    }

    /// <summary>§6.4.1, §A.3: the report block about this source; a new interval begins.</summary>
    public RtcpReportBlock Report(Moment now)
    {
        var expected = Expected - _expectedPrior;
        var lost = expected - (_received - _receivedPrior);
        _expectedPrior = Expected;
        _receivedPrior = _received;
        return new RtcpReportBlock(
            Ssrc,
            (byte)(expected <= 0 || lost <= 0 ? 0 : Math.Min(255, lost * 256 / expected)),
            (int)Math.Clamp(Lost, int.MinValue, int.MaxValue),
            _cycles + _maxSequence,
            (uint)_jitter,
            _lastSrMiddle,
            _lastSrMiddle == 0 ? 0 : NtpTime.Short(now - _lastSrAt));
    }

    public void Start(uint ssrc, ushort sequence)
    {
        this = default;
        Ssrc = ssrc;
        IsUsed = true;
        Restart(sequence);
    }

    /// <summary>Counts a packet; returns the loss that was settled because the source started anew, else 0.</summary>
    /// <param name="sequence">The packet's sequence number.</param>
    /// <param name="duplicate">True when this number came before, as far as the last 64 tell.</param>
    /// <param name="late">True when a later number came before.</param>
    /// <param name="skipped">Numbers between the highest one so far and this one: packets that are missing, for now at least.</param>
    public long Count(ushort sequence, out bool duplicate, out bool late, out int skipped)
    {
        duplicate = false;
        late = false;
        skipped = 0;
        var ahead = (ushort)(sequence - _maxSequence);
        if (ahead < MaxDropout)
        {
            if (sequence < _maxSequence)
                _cycles += 0x10000;

            duplicate = ahead == 0 && _received > 0;
            skipped = Math.Max(0, ahead - 1);
            _seen = ahead >= 64 ? 1 : (_seen << ahead) | 1;
            _maxSequence = sequence;
        }
        else if (ahead <= 0x10000 - MaxMisorder)
        {
            // A very large jump: two packets in a row make it a restart of the sender.
            if (sequence == _badSequence)
            {
                var settled = Lost;
                Restart(sequence);
                _received = 1;
                return Math.Max(0, settled);
            }

            // §A.1: not counted as received until the next one confirms it.
            _badSequence = (ushort)(sequence + 1);
            return 0;
        }
        else
        {
            var behind = 0x10000 - ahead;
            late = true;
            if (behind < 64)
            {
                duplicate = (_seen & (1UL << behind)) != 0;
                late = !duplicate;
                _seen |= 1UL << behind;
            }
        }

        _received++;
        return 0;
    }

    /// <summary>§A.8. <paramref name="clockRate"/> 0 leaves the estimate alone.</summary>
    public void CountJitter(uint timestamp, long arrivalTicks, int clockRate)
    {
        if (clockRate == 0)
            return;

        // The product passes 64 bits only after 11 days at 90 kHz when taken whole: seconds and the rest are scaled apart.
        var seconds = arrivalTicks / TimeSpan.TicksPerSecond;
        var rest = arrivalTicks % TimeSpan.TicksPerSecond;
        var arrival = (uint)((seconds * clockRate) + (rest * clockRate / TimeSpan.TicksPerSecond));
        var transit = arrival - timestamp;
        if (_transitClock == clockRate)
        {
            var difference = Math.Abs((double)(int)(transit - _transit));
            if (difference <= (double)clockRate * MaxTransitSeconds)
                _jitter += (difference - _jitter) / 16;
        }
        else
        {
            _jitter = _transitClock == 0 ? 0 : _jitter * clockRate / _transitClock;
            _transitClock = clockRate;
        }

        _transit = transit;
    }

    private void Restart(ushort sequence)
    {
        _baseSequence = sequence;
        _maxSequence = sequence;
        _badSequence = NoBadSequence;
        _cycles = 0;
        _received = 0;
        _seen = 1;
        _transitClock = 0;
        _jitter = 0;
        _expectedPrior = 0;
        _receivedPrior = 0;
    }
}
