using System.Buffers.Binary;
using System.Text;

namespace Tandem.Media.Rtcp;

/// <summary>
/// Writes the packets of one RTCP datagram one behind the other (RFC 3550 §6.1: a report first, CNAME second, BYE last). What no longer
/// fits is left out. Nothing is allocated.
/// </summary>
public ref struct RtcpWriter(Span<byte> buffer)
{
    private const int HeaderBytes = 4;
    private const int MaxReports = 31;
    private const int MaxReason = 255;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>SR (§6.4.1) with up to 31 report blocks.</summary>
    public bool AddSenderReport(in RtcpSenderInfo sender, scoped ReadOnlySpan<RtcpReportBlock> reports)
    {
        reports = reports[..Math.Min(reports.Length, MaxReports)];
        if (!TryBegin(RtcpType.SenderReport, reports.Length, RtcpSenderInfo.Size + (reports.Length * RtcpReportBlock.Size), out var body))
            return false;

        sender.Write(body);
        WriteReports(reports, body[RtcpSenderInfo.Size..]);
        return true;
    }

    /// <summary>RR (§6.4.2); one without blocks is right when nothing was received.</summary>
    public bool AddReceiverReport(uint ssrc, scoped ReadOnlySpan<RtcpReportBlock> reports)
    {
        reports = reports[..Math.Min(reports.Length, MaxReports)];
        if (!TryBegin(RtcpType.ReceiverReport, reports.Length, 4 + (reports.Length * RtcpReportBlock.Size), out var body))
            return false;

        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        WriteReports(reports, body[4..]);
        return true;
    }

    /// <summary>SDES with the CNAME alone (§6.5.1).</summary>
    /// <param name="ssrc">Whose it is.</param>
    /// <param name="cname">At most 255 bytes.</param>
    public bool AddCname(uint ssrc, scoped ReadOnlySpan<byte> cname)
    {
        // One zero at least behind the items, then up to the word.
        var length = 4 + ((2 + cname.Length + 4) & ~3);
        if (!TryBegin(RtcpType.SourceDescription, 1, length, out var body))
            return false;

        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        body[4] = 1;
        body[5] = (byte)cname.Length;
        cname.CopyTo(body[6..]);
        return true;
    }

    /// <summary>BYE (§6.6).</summary>
    /// <param name="ssrc">Who goes.</param>
    /// <param name="reason">Why; empty without.</param>
    public bool AddBye(uint ssrc, string reason = "")
    {
        var bytes = Encoding.UTF8.GetByteCount(reason);
        if (bytes > MaxReason)
            return false;

        if (!TryBegin(RtcpType.Bye, 1, 4 + (bytes == 0 ? 0 : (1 + bytes + 3) & ~3), out var body))
            return false;

        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        if (bytes > 0)
        {
            body[4] = (byte)bytes;
            Encoding.UTF8.GetBytes(reason, body[5..]);
        }

        return true;
    }

    /// <summary>Generic NACK of one packet and those behind it (RFC 4585 §6.2.1).</summary>
    public bool AddNack(uint sender, uint media, ushort sequence, ushort following)
    {
        if (!TryBegin(RtcpType.TransportFeedback, 1, 12, out var body))
            return false;

        WriteFeedback(body, sender, media);
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], sequence);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], following);
        return true;
    }

    /// <summary>Picture loss indication (RFC 4585 §6.3.1).</summary>
    public bool AddPictureLoss(uint sender, uint media)
    {
        if (!TryBegin(RtcpType.PayloadFeedback, 1, 8, out var body))
            return false;

        WriteFeedback(body, sender, media);
        return true;
    }

    /// <summary>Full intra request (RFC 5104 §4.3.1).</summary>
    /// <param name="sender">Who asks.</param>
    /// <param name="media">Whose picture is wanted.</param>
    /// <param name="sequence">One more for each new command.</param>
    public bool AddIntraRequest(uint sender, uint media, byte sequence)
    {
        if (!TryBegin(RtcpType.PayloadFeedback, 4, 16, out var body))
            return false;

        WriteFeedback(body, sender, 0);
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], media);
        body[12] = sequence;
        return true;
    }

    private static void WriteFeedback(Span<byte> body, uint sender, uint media)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body, sender);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], media);
    }

    private static void WriteReports(scoped ReadOnlySpan<RtcpReportBlock> reports, Span<byte> body)
    {
        for (var i = 0; i < reports.Length; i++)
            reports[i].Write(body[(i * RtcpReportBlock.Size)..]);
    }

    private bool TryBegin(RtcpType type, int count, int bodyBytes, out Span<byte> body)
    {
        body = default;
        var bytes = HeaderBytes + bodyBytes;
        if (_buffer.Length - Length < bytes)
            return false;

        var packet = _buffer.Slice(Length, bytes);
        packet.Clear();
        packet[0] = (byte)(0x80 | count);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)((bytes / 4) - 1));
        body = packet[HeaderBytes..];
        Length += bytes;
        return true;
    }
}
