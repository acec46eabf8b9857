using System.Buffers.Binary;

namespace Tandem.Media.Rtcp;

/// <summary>
/// One packet of an RTCP compound, read in place.
/// <code>
/// |V=2|P|  count  |  packet type  |   length in words, less one   |
/// |                              SSRC                             |
/// |                              ...                              |
/// </code>
/// </summary>
public readonly ref struct RtcpBlock
{
    private const int HeaderBytes = 4;
    private const byte CnameItem = 1;
    private const int FeedbackHeader = 8;

    private readonly ReadOnlySpan<byte> _body;

    internal RtcpBlock(byte type, int count, ReadOnlySpan<byte> body)
    {
        Type = (RtcpType)type;
        Count = count;
        _body = body;
    }

    /// <summary>The packet type; one that has no name is passed over.</summary>
    public RtcpType Type { get; }

    /// <summary>Five bits: report blocks, sources, or the format of a feedback message.</summary>
    public int Count { get; }

    /// <summary>The first SSRC: who sends it. 0 when there is none.</summary>
    public uint Ssrc => _body.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(_body) : 0;

    /// <summary>Report blocks of an SR or RR that are really there.</summary>
    public int Reports => Type switch
    {
        RtcpType.SenderReport => Math.Max(0, Math.Min(Count, (_body.Length - RtcpSenderInfo.Size) / RtcpReportBlock.Size)),
        RtcpType.ReceiverReport => Math.Max(0, Math.Min(Count, (_body.Length - 4) / RtcpReportBlock.Size)),
        _ => 0,
    };

    /// <summary>Sources that a BYE names, as many as are really there.</summary>
    public int ByeCount => Type == RtcpType.Bye ? Math.Min(Count, _body.Length / 4) : 0;

    /// <summary>NACK entries of a transport feedback message with format 1 (RFC 4585 §6.2.1); 0 for others.</summary>
    public int NackCount => Type == RtcpType.TransportFeedback && Count == 1 && _body.Length >= FeedbackHeader ? (_body.Length - FeedbackHeader) / 4 : 0;

    /// <summary>The source that a feedback message is about (RFC 4585 §6.1). 0 when the packet is none, and in an FIR, which names its own.</summary>
    public uint MediaSsrc => Type is RtcpType.TransportFeedback or RtcpType.PayloadFeedback && _body.Length >= FeedbackHeader
        ? BinaryPrimitives.ReadUInt32BigEndian(_body[4..])
        : 0;

    /// <summary>Picture loss (RFC 4585 §6.3.1).</summary>
    public bool IsPictureLoss => Type == RtcpType.PayloadFeedback && Count == 1 && _body.Length >= FeedbackHeader;

    /// <summary>Entries of a full intra request (RFC 5104 §4.3.1); 0 for others.</summary>
    public int IntraRequests => Type == RtcpType.PayloadFeedback && Count == 4 && _body.Length >= FeedbackHeader ? (_body.Length - FeedbackHeader) / 8 : 0;

    public RtcpReportBlock Report(int index) =>
        RtcpReportBlock.Read(_body[((Type == RtcpType.SenderReport ? RtcpSenderInfo.Size : 4) + (index * RtcpReportBlock.Size))..]);

    public uint ByeSource(int index) => BinaryPrimitives.ReadUInt32BigEndian(_body[(index * 4)..]);

    /// <summary>The packet that is missing, and sixteen bits for those behind it (RFC 4585 §6.2.1).</summary>
    public (ushort Sequence, ushort Following) Nack(int index)
    {
        var at = FeedbackHeader + (index * 4);
        return (BinaryPrimitives.ReadUInt16BigEndian(_body[at..]), BinaryPrimitives.ReadUInt16BigEndian(_body[(at + 2)..]));
    }

    /// <summary>Who is asked for a whole picture, and the number of the command (RFC 5104 §4.3.1.1).</summary>
    public (uint Ssrc, byte Sequence) IntraRequest(int index)
    {
        var at = FeedbackHeader + (index * 8);
        return (BinaryPrimitives.ReadUInt32BigEndian(_body[at..]), _body[at + 4]);
    }

    /// <summary>The sender's part of an SR; false for others and one that is too short.</summary>
    public bool TryGetSender(out RtcpSenderInfo sender)
    {
        sender = default;
        if (Type != RtcpType.SenderReport || _body.Length < RtcpSenderInfo.Size)
            return false;

        sender = RtcpSenderInfo.Read(_body);
        return true;
    }

    /// <summary>The CNAME of <paramref name="ssrc"/> in an SDES (RFC 3550 §6.5.1); false when it is not there.</summary>
    public bool TryGetCname(uint ssrc, out ReadOnlySpan<byte> cname)
    {
        cname = default;
        if (Type != RtcpType.SourceDescription)
            return false;

        var rest = _body;
        for (var chunk = 0; chunk < Count && rest.Length >= 8; chunk++)
        {
            var isIt = BinaryPrimitives.ReadUInt32BigEndian(rest) == ssrc;
            var at = 4;
            while (at < rest.Length && rest[at] != 0)
            {
                if (at + 2 > rest.Length || at + 2 + rest[at + 1] > rest.Length)
                    return false;

                if (isIt && rest[at] == CnameItem)
                {
                    cname = rest.Slice(at + 2, rest[at + 1]);
                    return true;
                }

                at += 2 + rest[at + 1];
            }

            // At least one zero ends a chunk, more fill the word.
            var next = (at + 4) & ~3;
            if (next > rest.Length)
                return false;

            rest = rest[next..];
        }

        return false;
    }

    /// <summary>VoIP metrics of an XR (RFC 3611 §4.7); false when it has none. Other blocks are passed over.</summary>
    public bool TryGetVoipMetrics(out RtcpVoipMetrics metrics)
    {
        metrics = default;
        if (Type != RtcpType.ExtendedReport || _body.Length < 4)
            return false;

        var rest = _body[4..];
        while (rest.Length >= HeaderBytes)
        {
            var length = 4 * BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (HeaderBytes + length > rest.Length)
                return false;

            if (rest[0] == RtcpVoipMetrics.BlockType && length == RtcpVoipMetrics.Size)
            {
                metrics = RtcpVoipMetrics.Read(rest[HeaderBytes..]);
                return true;
            }

            rest = rest[(HeaderBytes + length)..];
        }

        return false;
    }
}
