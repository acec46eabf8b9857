using Tandem.Core.Time;
using Tandem.Media.Rtp;

namespace Tandem.Media.Rtcp;

/// <summary>
/// RTCP of one RTP session in which we are an end: reports at random intervals with reconsideration (RFC 3550 §6.3, §A.7), what the peer
/// reports about us, the round trip. Sans-IO, owned by one media loop; nothing is allocated per packet.
/// </summary>
public sealed class RtcpSession
{
    /// <summary>Room that <see cref="OnDeadline"/> and <see cref="Leave"/> need, bytes.</summary>
    public const int MaxDatagramBytes = 512;

    // §6.2: sizes count the headers below.
    private const int LowerHeaders = 28;

    // §A.7, §6.3.1: e - 3/2.
    private const double Compensation = 1.21828;
    private const double SenderShare = 0.25;
    private const int TimeoutIntervals = 5;
    private const int ManyMembers = 50;

    private readonly RtcpOptions _options;
    private readonly RtpStatistics _received;
    private readonly byte[] _cname;
    private readonly Random _random;
    private readonly RtcpMembers _members;
    private readonly RtcpRemote _remote = new();
    private SenderReportLog _log;
    private uint _ssrc;
    private int _previousMembers = 1;
    private double _averageSize = 128;
    private bool _isInitial = true;
    private bool _isLeaving;
    private int _byes;
    private Moment _previous;
    private Moment? _lastSent;
    private uint _lastTimestamp;
    private int _clockRate;
    private uint _packets;
    private uint _octets;
    private bool _saidAnything;

    /// <param name="options">Limits and times.</param>
    /// <param name="received">What comes from the peer: our report blocks are made of it.</param>
    /// <param name="cname">Our name, <see cref="RtcpCname.Create"/>; the same for all streams of one call (RFC 7022 §4.2).</param>
    /// <param name="ssrc">Ours; <see cref="OnSent"/> tells another one.</param>
    /// <param name="random">Of the loop.</param>
    public RtcpSession(RtcpOptions options, RtpStatistics received, byte[] cname, uint ssrc, Random random)
    {
        _options = options;
        _received = received;
        _cname = cname;
        _ssrc = ssrc;
        _random = random;
        _members = new RtcpMembers(options.MaxMembers);
    }

    /// <summary>When <see cref="OnDeadline"/> wants to be called.</summary>
    public Moment Deadline { get; private set; } = Moment.Never;

    /// <summary>What the peer tells about our stream. Any thread may ask.</summary>
    public RtcpRemoteView Remote => _remote.Read();

    /// <summary>Members of the session, we ourselves included.</summary>
    public int Members => _members.Count + 1;

    /// <summary>BYE packets of others than the source in use, which are not believed.</summary>
    public long StrangeByes { get; private set; }

    /// <summary>Joins the session (§6.3.2).</summary>
    public void Start(Moment now)
    {
        _previous = now;
        Deadline = now + Interval(isRandom: true, HasSent(now));
    }

    /// <summary>Tells an RTP packet that we sent.</summary>
    /// <param name="ssrc">Its source: another one than before begins new counts.</param>
    /// <param name="timestamp">Its timestamp.</param>
    /// <param name="payloadBytes">Bytes of its payload.</param>
    /// <param name="clockRate">Hertz of its timestamp.</param>
    /// <param name="now">When it was sent.</param>
    public void OnSent(uint ssrc, uint timestamp, int payloadBytes, int clockRate, Moment now)
    {
        if (ssrc != _ssrc)
        {
            _ssrc = ssrc;
            _packets = 0;
            _octets = 0;
        }

        _packets++;
        _octets += (uint)payloadBytes;
        _lastTimestamp = timestamp;
        _clockRate = clockRate;
        _lastSent = now;
        _saidAnything = true;
    }

    /// <summary>Tells an RTP packet that came.</summary>
    public void OnReceived(uint ssrc, Moment now)
    {
        if (!_isLeaving)
            _members.Heard(ssrc, isRtp: true, now);
    }

    /// <summary>Takes an RTCP datagram of the peer: from an address that the latch or ICE let in, decrypted and authenticated where it is secured.</summary>
    public RtcpEvents Receive(ReadOnlySpan<byte> datagram, Moment now)
    {
        var events = RtcpEvents.None;
        var hasBye = false;
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out var block))
        {
            if (block.Type == RtcpType.Bye)
            {
                hasBye = true;
                events |= TakeBye(block, now);
                continue;
            }

            // Our own SSRC as somebody's own (§8.2): a collision or a loop.
            if (block.Ssrc == _ssrc)
            {
                events |= RtcpEvents.Collision;
                continue;
            }

            events |= TakeBlock(block, now);
        }

        // §6.3.7: while we leave, only those count who leave with us.
        if (!_isLeaving || hasBye)
            CountSize(datagram.Length);
        return events;
    }

    /// <summary>The timer (§6.3.6). Returns the bytes of a report, or of the BYE of <see cref="Leave"/>; 0 when it is not yet time.</summary>
    public int OnDeadline(Moment now, Span<byte> buffer)
    {
        if (now < Deadline)
            return 0;

        if (!_isLeaving)
            Expire(now);

        // Reconsideration: the interval is drawn anew with what is known now.
        var next = _previous + Interval(isRandom: true, HasSent(now));
        _previousMembers = MemberCount;
        if (next > now)
        {
            Deadline = next;
            return 0;
        }

        if (_isLeaving)
        {
            Deadline = Moment.Never;
            return WriteReport(buffer, now, isBye: true);
        }

        var length = WriteReport(buffer, now, isBye: false);
        CountSize(length);
        _previous = now;
        _isInitial = false;
        _saidAnything = true;
        Deadline = now + Interval(isRandom: true, HasSent(now));
        return length;
    }

    /// <summary>
    /// Leaves the session. Returns the bytes of a BYE to send at once; 0 when there is none to send (we never sent anything, §6.3.7) or when
    /// more than fifty are here: then <see cref="OnDeadline"/> gives it later.
    /// </summary>
    public int Leave(Moment now, Span<byte> buffer)
    {
        if (_isLeaving || !_saidAnything)
        {
            Deadline = _isLeaving ? Deadline : Moment.Never;
            return 0;
        }

        _isLeaving = true;
        if (Members <= ManyMembers)
        {
            Deadline = Moment.Never;
            return WriteReport(buffer, now, isBye: true);
        }

        // §6.3.7: who leaves counts the others that leave.
        _previous = now;
        _members.Clear();
        _byes = 0;
        _previousMembers = 1;
        _isInitial = true;
        _lastSent = null;
        _averageSize = LowerHeaders + 8 + 8 + _cname.Length + 8;
        Deadline = now + Interval(isRandom: true, hasSent: false);
        return 0;
    }

    private int MemberCount => _isLeaving ? 1 + _byes : Members;

    private RtcpEvents TakeBlock(in RtcpBlock block, Moment now)
    {
        var events = RtcpEvents.None;
        if (!_isLeaving && block.Type is RtcpType.SenderReport or RtcpType.ReceiverReport)
            _members.Heard(block.Ssrc, isRtp: false, now);
        if (block.TryGetSender(out var sender))
            _received.NoteSenderReport(sender.Ssrc, sender.NtpMiddle, now);
        for (var i = 0; i < block.Reports; i++)
        {
            var report = block.Report(i);
            if (report.Ssrc != _ssrc)
                continue;

            _remote.Take(report, _log, _clockRate, now);
            events |= RtcpEvents.Report;
        }

        if (block.TryGetVoipMetrics(out var metrics) && metrics.Ssrc == _ssrc)
            _remote.Take(metrics);
        if (block.NackCount > 0 && block.MediaSsrc == _ssrc)
            events |= RtcpEvents.Nack;
        if (block.IsPictureLoss && block.MediaSsrc == _ssrc)
            events |= RtcpEvents.Picture;
        for (var i = 0; i < block.IntraRequests; i++)
        {
            if (block.IntraRequest(i).Ssrc == _ssrc)
                events |= RtcpEvents.Picture;
        }

        return events;
    }

    // Only the source whose packets we play can say that it goes; what a BYE says about others would be anybody's word.
    private RtcpEvents TakeBye(in RtcpBlock block, Moment now)
    {
        var events = RtcpEvents.None;
        for (var i = 0; i < block.ByeCount; i++)
        {
            if (_isLeaving)
            {
                _byes++;
                continue;
            }

            var ssrc = block.ByeSource(i);
            if (_received.CurrentSsrc != ssrc)
            {
                StrangeByes++;
                continue;
            }

            events |= RtcpEvents.Bye;
            if (_members.Remove(ssrc))
                ReconsiderBack(now);
        }

        return events;
    }

    // §6.3.4: fewer members, an earlier report.
    private void ReconsiderBack(Moment now)
    {
        if (MemberCount >= _previousMembers)
            return;

        var share = (double)MemberCount / _previousMembers;
        if (Deadline != Moment.Never && Deadline > now)
            Deadline = now + ((Deadline - now) * share);
        _previous = now - ((now - _previous) * share);
        _previousMembers = MemberCount;
    }

    // §6.3.5
    private void Expire(Moment now)
    {
        var receiver = Interval(isRandom: false, hasSent: false);
        var removed = _members.Expire(now - (receiver * TimeoutIntervals), now - (Interval(isRandom: false, HasSent(now)) * 2));
        if (removed)
            ReconsiderBack(now);
    }

    // §6.3.8: within the last two intervals.
    private bool HasSent(Moment now) => _lastSent is { } sent && now - sent <= Interval(isRandom: false, hasSent: true) * 2;

    // §A.7
    private TimeSpan Interval(bool isRandom, bool hasSent)
    {
        var members = MemberCount;
        var senders = _isLeaving ? 0 : _members.Senders + (hasSent ? 1 : 0);
        var bandwidth = (double)_options.BytesPerSecond;
        var count = members;
        if (senders <= members * SenderShare)
        {
            bandwidth *= hasSent ? SenderShare : 1 - SenderShare;
            count = hasSent ? senders : members - senders;
        }

        var least = _isInitial ? _options.MinInterval / 2 : _options.MinInterval;
        var interval = Math.Max(_averageSize * count / bandwidth, least.TotalSeconds);
        if (isRandom)
            interval *= (_random.NextDouble() + 0.5) / Compensation;
        return TimeSpan.FromSeconds(interval);
    }

    private void CountSize(int length) => _averageSize += ((length + LowerHeaders) - _averageSize) / 16;

    private int WriteReport(Span<byte> buffer, Moment now, bool isBye)
    {
        Span<RtcpReportBlock> blocks = stackalloc RtcpReportBlock[RtpStatistics.MaxSources];
        var reports = blocks[.._received.WriteReports(blocks, now)];
        var writer = new RtcpWriter(buffer);
        if (HasSent(now) && _lastSent is { } sent)
        {
            // The timestamp of this moment, on the clock of the packets (§6.4.1).
            var since = (uint)(long)((now - sent).TotalSeconds * _clockRate);
            var sender = new RtcpSenderInfo(_ssrc, NtpTime.At(now), _lastTimestamp + since, _packets, _octets);
            _log.Note(_ssrc, sender.NtpMiddle, now);
            writer.AddSenderReport(sender, reports);
        }
        else
        {
            writer.AddReceiverReport(_ssrc, reports);
        }

        writer.AddCname(_ssrc, _cname);
        if (isBye)
            writer.AddBye(_ssrc);
        return writer.Length;
    }
}
