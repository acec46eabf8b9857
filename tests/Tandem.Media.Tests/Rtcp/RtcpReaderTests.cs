using System.Text;
using Tandem.Media.Rtcp;

namespace Tandem.Media.Tests.Rtcp;

public sealed class RtcpReaderTests
{
    private static readonly RtcpReportBlock Block = new(0x11223344, 64, -5, 0x0002_0007, 80, 0xAABBCCDD, 0x8000);

    private static List<RtcpType> Types(ReadOnlySpan<byte> datagram)
    {
        var list = new List<RtcpType>();
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out var block))
            list.Add(block.Type);
        return list;
    }

    // RFC 3550 §6.4.1: the bytes, by hand.
    [Fact]
    public void A_sender_report_has_its_bytes()
    {
        var buffer = new byte[128];
        var writer = new RtcpWriter(buffer);
        Assert.True(writer.AddSenderReport(new RtcpSenderInfo(0x01020304, 0x1111_2222_3333_4444, 0x55, 6, 7), [Block]));
        Assert.Equal(
            "81C8000C" + "01020304" + "1111222233334444" + "00000055" + "00000006" + "00000007"
            + "11223344" + "40FFFFFB" + "00020007" + "00000050" + "AABBCCDD" + "00008000",
            Convert.ToHexString(buffer.AsSpan(0, writer.Length)));

        var reader = new RtcpReader(buffer.AsSpan(0, writer.Length));
        Assert.True(reader.TryRead(out var block));
        Assert.True(block.TryGetSender(out var sender));
        Assert.Equal((0x01020304u, 0x22223333u, 1), (sender.Ssrc, sender.NtpMiddle, block.Reports));
        Assert.Equal(Block, block.Report(0));
        Assert.Equal(0.25, block.Report(0).LossFraction);
        Assert.False(reader.TryRead(out _));
    }

    // §6.1: a compound; §6.5.1, §6.6: CNAME and BYE.
    [Fact]
    public void A_compound_is_read_packet_by_packet()
    {
        var buffer = new byte[256];
        var writer = new RtcpWriter(buffer);
        writer.AddReceiverReport(7, [Block, Block with { Ssrc = 9 }]);
        writer.AddCname(7, "abcdefgh"u8);
        writer.AddBye(7, "over");
        var datagram = buffer.AsSpan(0, writer.Length);
        Assert.Equal(0, datagram.Length % 4);
        Assert.True(RtcpPacket.IsValid(datagram, encrypted: false));
        Assert.Equal([RtcpType.ReceiverReport, RtcpType.SourceDescription, RtcpType.Bye], Types(datagram));

        var reader = new RtcpReader(datagram);
        reader.TryRead(out var report);
        Assert.Equal((7u, 2, 9u), (report.Ssrc, report.Reports, report.Report(1).Ssrc));
        reader.TryRead(out var names);
        Assert.True(names.TryGetCname(7, out var cname));
        Assert.Equal("abcdefgh", Encoding.ASCII.GetString(cname));
        Assert.False(names.TryGetCname(8, out _));
        reader.TryRead(out var bye);
        Assert.Equal((1, 7u), (bye.ByeCount, bye.ByeSource(0)));
    }

    // §6.5: chunks of any length end in the word; the CNAME of the right one is found.
    [Theory]
    [InlineData("a", "bb")]
    [InlineData("abc", "d")]
    [InlineData("abcdef", "")]
    [InlineData("abcdefg", "abcdefghijk")]
    public void Chunks_are_told_apart(string first, string second)
    {
        byte[] Chunk(byte ssrc, string name)
        {
            var length = (4 + 2 + name.Length + 4) & ~3;
            var chunk = new byte[length];
            chunk[3] = ssrc;
            chunk[4] = 1;
            chunk[5] = (byte)name.Length;
            Encoding.ASCII.GetBytes(name).CopyTo(chunk, 6);
            return chunk;
        }

        byte[] body = [.. Chunk(1, first), .. Chunk(2, second)];
        byte[] datagram = [0x82, 202, 0, (byte)(body.Length / 4), .. body];
        var reader = new RtcpReader(datagram);
        Assert.True(reader.TryRead(out var block));
        Assert.True(block.TryGetCname(1, out var cname));
        Assert.Equal(first, Encoding.ASCII.GetString(cname));
        Assert.True(block.TryGetCname(2, out cname));
        Assert.Equal(second, Encoding.ASCII.GetString(cname));
    }

    // RFC 5506: feedback alone. RFC 4585 §6.2.1, §6.3.1; RFC 5104 §4.3.1.
    [Fact]
    public void Feedback_is_read_without_a_report()
    {
        var buffer = new byte[128];
        var writer = new RtcpWriter(buffer);
        writer.AddNack(1, 2, 700, 0b101);
        writer.AddPictureLoss(1, 3);
        writer.AddIntraRequest(1, 4, 9);
        var reader = new RtcpReader(buffer.AsSpan(0, writer.Length));
        Assert.True(reader.TryRead(out var nack));
        Assert.Equal((1, 2u, ((ushort)700, (ushort)5), false), (nack.NackCount, nack.MediaSsrc, nack.Nack(0), nack.IsPictureLoss));
        Assert.True(reader.TryRead(out var picture));
        Assert.Equal((true, 3u, 0, 0), (picture.IsPictureLoss, picture.MediaSsrc, picture.NackCount, picture.IntraRequests));
        Assert.True(reader.TryRead(out var intra));
        Assert.Equal((1, (4u, (byte)9), false), (intra.IntraRequests, intra.IntraRequest(0), intra.IsPictureLoss));
    }

    // RFC 3611 §4.7: VoIP metrics behind another block.
    [Fact]
    public void Voip_metrics_of_an_extended_report_are_read()
    {
        var datagram = Convert.FromHexString(
            "80CF000D" + "00000001"
            + "04000002" + "1122334455667788"
            + "07000008" + "0000000A" + "40800010" + "00C80BB8" + "01F40032" + "127F2D10" + "5D7F2A7F" + "B0000028" + "00640064");
        var reader = new RtcpReader(datagram);
        Assert.True(reader.TryRead(out var block));
        Assert.True(block.TryGetVoipMetrics(out var metrics));
        Assert.Equal(
            new RtcpVoipMetrics(10, 0.25, 0.5, 0, 1 / 16.0, 200, 3000, 500, 50, 93, 4.2, null, 40),
            metrics);
    }

    // §A.2 and what else hostile datagrams do: nothing is read beyond what is there.
    [Theory]
    [InlineData("")]
    [InlineData("80C8")]
    [InlineData("40C80000")]
    [InlineData("80C8000100000001", RtcpType.SenderReport)]
    [InlineData("9FC9000100000001", RtcpType.ReceiverReport)]
    [InlineData("80C90002000000010000")]
    [InlineData("A0C9000100000001")]
    [InlineData("A0C9000100000003")]
    [InlineData("A0C9000200000001000000FF")]
    [InlineData("A0C900020000000100000004", RtcpType.ReceiverReport)]
    [InlineData("A0C90002000000010000000480C9000100000001")]
    [InlineData("9FCB000100000001", RtcpType.Bye)]
    [InlineData("81CA000200000001016161" + "61", RtcpType.SourceDescription)]
    [InlineData("80CF00020000000107000008", RtcpType.ExtendedReport)]
    public void Malformed_datagrams_end_the_walk(string hex, params RtcpType[] types)
    {
        var datagram = Convert.FromHexString(hex);
        Assert.Equal(types, Types(datagram));
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out var block))
        {
            Assert.Equal(0, block.Reports);
            Assert.False(block.TryGetSender(out _) || block.TryGetCname(1, out _) || block.TryGetVoipMetrics(out _));
            Assert.InRange(block.ByeCount, 0, 1);
        }
    }

    [Fact]
    public void What_does_not_fit_is_left_out()
    {
        var writer = new RtcpWriter(new byte[12]);
        Assert.True(writer.AddReceiverReport(1, []));
        Assert.False(writer.AddCname(1, "abcd"u8));
        Assert.False(writer.AddBye(1));
        Assert.Equal(8, writer.Length);
    }
}
