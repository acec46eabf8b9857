using System.Buffers.Binary;
using Tandem.Media.Rtcp;

namespace Tandem.Media.Relay;

/// <summary>
/// RTCP that is relayed speaks of packets that were renumbered on their way (<see cref="SteadyStream"/>, <see cref="ForwardSequence"/>). What a side says of what it
/// hears (reports, RFC 3550 §6.4.1; NACK, PLI, FIR, RFC 4585 §6.2, RFC 5104 §4.3.1) is turned back into the numbers of who sent it, and what it says of
/// itself (SR, SDES, BYE) into what the other one sees. Who sends would else look for a packet that he never sent, and draw no picture for an SSRC that is not his.
/// </summary>
internal static class RtcpRenumbering
{
    private const int HeaderBytes = 4;
    private const int SenderReports = 28;
    private const int ReceiverReports = 8;
    private const int FeedbackEntries = 12;
    private const byte VoipMetrics = 7;

    /// <summary>Turns a compound in place.</summary>
    /// <param name="compound">Well-formed, in the clear (<see cref="RtcpPacket.IsValid"/>).</param>
    /// <param name="from">The leg of the side that sent it.</param>
    public static void Apply(Span<byte> compound, LineLeg from)
    {
        var turn = new Turn(from);
        if (turn.IsNone)
            return;

        while (compound.Length >= HeaderBytes)
        {
            var length = (BinaryPrimitives.ReadUInt16BigEndian(compound[2..]) + 1) * 4;
            if (length > compound.Length)
                return;

            Packet(compound[..length], turn);
            compound = compound[length..];
        }
    }

    private static void Packet(Span<byte> packet, in Turn turn)
    {
        var count = packet[0] & 0x1F;
        switch ((RtcpType)packet[1])
        {
            case RtcpType.SenderReport:
                if (turn.Own(packet, 4) && packet.Length >= SenderReports)
                    BinaryPrimitives.WriteUInt32BigEndian(packet[16..], BinaryPrimitives.ReadUInt32BigEndian(packet[16..]) + turn.Out.Timestamp);
                Reports(packet, SenderReports, count, turn);
                break;
            case RtcpType.ReceiverReport:
                turn.Own(packet, 4);
                Reports(packet, ReceiverReports, count, turn);
                break;
            case RtcpType.SourceDescription:
                Chunks(packet, count, turn);
                break;
            case RtcpType.Bye:
                for (var i = 0; i < count; i++)
                    turn.Own(packet, HeaderBytes + (i * 4));
                break;
            case RtcpType.TransportFeedback or RtcpType.PayloadFeedback:
                turn.Own(packet, 4);
                Feedback(packet, count, turn);
                break;
            case RtcpType.ExtendedReport:
                turn.Own(packet, 4);
                if (packet.Length >= 16 && packet[8] == VoipMetrics)
                    turn.Heard(packet, 12);
                break;
        }
    }

    // Of the extended number the lower half: how often it wrapped each counts from where he began.
    private static void Reports(Span<byte> packet, int at, int count, in Turn turn)
    {
        for (; count > 0 && at + RtcpReportBlock.Size <= packet.Length; count--, at += RtcpReportBlock.Size)
        {
            if (turn.Heard(packet, at))
                Back(packet[(at + 10)..], turn.In.Sequence);
        }
    }

    private static void Feedback(Span<byte> packet, int format, in Turn turn)
    {
        var isAbout = turn.Heard(packet, 8);
        switch ((RtcpType)packet[1], format)
        {
            case (RtcpType.TransportFeedback, 1) when isAbout:
                for (var at = FeedbackEntries; at + 4 <= packet.Length; at += 4)
                    Back(packet[at..], turn.In.Sequence);
                break;
            case (RtcpType.PayloadFeedback, 4):
                for (var at = FeedbackEntries; at + 8 <= packet.Length; at += 8)
                    turn.Heard(packet, at);
                break;
        }
    }

    // RFC 3550 §6.5: an SSRC, items, at least one zero, up to the word.
    private static void Chunks(Span<byte> packet, int count, in Turn turn)
    {
        for (var at = HeaderBytes; count > 0 && at + 8 <= packet.Length; count--)
        {
            turn.Own(packet, at);
            at += 4;
            while (at < packet.Length && packet[at] != 0)
                at += at + 1 < packet.Length ? 2 + packet[at + 1] : 1;
            at = (at + 4) & ~3;
        }
    }

    private static void Back(Span<byte> number, ushort shift) =>
        BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(number) - shift));

    private readonly ref struct Turn(LineLeg from)
    {
        /// <summary>What the side hears came so.</summary>
        public readonly StreamShift In = from.Shift;

        /// <summary>What it sends goes so.</summary>
        public readonly StreamShift Out = from.Other.Shift;

        public bool IsNone => In.IsNone && Out.IsNone;

        /// <summary>The SSRC at <paramref name="at"/> is the side's own: as the other one sees it. True when it is turned.</summary>
        public bool Own(Span<byte> packet, int at)
        {
            if (at + 4 > packet.Length || Out.IsNone)
                return false;

            var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[at..]);
            if (!Out.Concerns(ssrc, from))
                return false;

            BinaryPrimitives.WriteUInt32BigEndian(packet[at..], ssrc ^ Out.Mask);
            return true;
        }

        /// <summary>The SSRC at <paramref name="at"/> is one that the side hears: as its sender has it. True when it is turned.</summary>
        public bool Heard(Span<byte> packet, int at)
        {
            if (at + 4 > packet.Length || In.IsNone)
                return false;

            var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[at..]) ^ In.Mask;
            if (!In.Concerns(ssrc, from.Other))
                return false;

            BinaryPrimitives.WriteUInt32BigEndian(packet[at..], ssrc);
            return true;
        }
    }
}
