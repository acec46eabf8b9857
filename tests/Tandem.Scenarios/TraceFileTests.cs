using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tracing;
using Tandem.Core.Net;
using Tandem.Scenarios.Peers;
using Tandem.Sip.Engine;
using Tandem.Testing.Exchange;

namespace Tandem.Scenarios;

/// <summary>The capture file of a trace, read by Wireshark's own command line.</summary>
[BesideOthers]
public class TraceFileTests
{
    private static readonly string Sdp = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n";

    [Fact]
    public async Task Wireshark_reads_the_messages_of_a_call_over_udp()
    {
        using var scratch = new ScratchFolder();
        var talk = new TalkingCall(traces: new TraceOptions());
        var id = talk.Rig.Calls.Single().Id;
        talk.HangUp();
        talk.Rig.Run(1);
        var capture = TracePcap.Write(talk.Rig.Traces!.Find(TenantId.Default, id)!, _ => ExchangeRig.ServerAddress);

        Assert.Equal(
            [
                "10.0.0.1\t198.51.100.1\tINVITE\t\tINVITE",
                "198.51.100.1\t10.0.0.1\t\t100\tINVITE",
                "198.51.100.1\t10.0.0.2\tINVITE\t\tINVITE",
                "10.0.0.2\t198.51.100.1\t\t200\tINVITE",
                "198.51.100.1\t10.0.0.2\tACK\t\tACK",
                "198.51.100.1\t10.0.0.1\t\t200\tINVITE",
                "10.0.0.1\t198.51.100.1\tACK\t\tACK",
                "10.0.0.1\t198.51.100.1\tBYE\t\tBYE",
                "198.51.100.1\t10.0.0.1\t\t200\tBYE",
                "198.51.100.1\t10.0.0.2\tBYE\t\tBYE",
                "10.0.0.2\t198.51.100.1\t\t200\tBYE",
            ],
            await Tshark.FieldsAsync(scratch, capture, "sip", "ip.src", "ip.dst", "sip.Method", "sip.Status-Code", "sip.CSeq.method"));
        Assert.Empty(await Tshark.FieldsAsync(scratch, capture, "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0", "frame.number"));
    }

    [Theory]
    [InlineData(SipTransportKind.Udp, "10.0.0.1", 5060, "198.51.100.1", 5060)]
    [InlineData(SipTransportKind.Udp, "2001:db8::1", 5070, "2001:db8::5060", 5060)]
    [InlineData(SipTransportKind.Tcp, "10.0.0.1", 41000, "198.51.100.1", 5060)]
    [InlineData(SipTransportKind.Tcp, "2001:db8::1", 41000, "2001:db8::5060", 5060)]
    [InlineData(SipTransportKind.Tls, "10.0.0.1", 41000, "198.51.100.1", 5061)]
    [InlineData(SipTransportKind.Ws, "10.0.0.1", 41000, "198.51.100.1", 3000)]
    [InlineData(SipTransportKind.Wss, "2001:db8::1", 41000, "2001:db8::5060", 3443)]
    public async Task Wireshark_reads_every_transport_and_family(SipTransportKind transport, string remote, int remotePort, string local, int localPort)
    {
        using var scratch = new ScratchFolder();
        NetAddress.TryParse(remote, remotePort, out var phone);
        NetAddress.TryParse(local, localPort, out var own);

        // What the socket calls itself: the address is that of all interfaces.
        var flow = new SipFlow(transport, phone.IsV6 ? NetAddress.FromV6(new byte[16], localPort == 0 ? (ushort)0 : (ushort)localPort) : NetAddress.FromV4(0, (ushort)localPort), phone, 7);
        var begin = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        var long_ = new string('a', 40_000);
        var trace = new CallTrace(new CallId("x"), TenantId.Default, "t", begin, null, 0, 0,
        [
            Entry(SipDirection.Received, 0, $"INVITE sip:101@tandem SIP/2.0\r\nVia: SIP/2.0/{transport.ToString().ToUpperInvariant()} h;branch=z9hG4bK1\r\nFrom: <sip:100@t>;tag=1\r\nTo: <sip:101@t>\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\nX-Long: {(transport == SipTransportKind.Udp ? "a" : long_)}\r\nContent-Type: application/sdp\r\nContent-Length: {Sdp.Length}\r\n\r\n{Sdp}"),
            Entry(SipDirection.Sent, 1, "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:100@t>;tag=1\r\nTo: <sip:101@t>;tag=2\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"),
            Entry(SipDirection.Received, 2, "CANCEL sip:101@tandem SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:100@t>;tag=1\r\nTo: <sip:101@t>\r\nCall-ID: one\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n"),
        ]);
        var capture = TracePcap.Write(trace, _ => own);
        var isTcp = transport != SipTransportKind.Udp;
        var (protocol, ip) = (isTcp ? "tcp" : "udp", phone.IsV6 ? "ipv6" : "ip");
        Assert.Equal(
            [
                $"1795262400.000000000\t{remote}\t{remotePort}\t{local}\t{localPort}\tINVITE\t",
                $"1795262401.000000000\t{local}\t{localPort}\t{remote}\t{remotePort}\t\t180",
                $"1795262402.000000000\t{remote}\t{remotePort}\t{local}\t{localPort}\tCANCEL\t",
            ],
            await Tshark.FieldsAsync(
                scratch, capture, "sip", "frame.time_epoch", $"{ip}.src", $"{protocol}.srcport", $"{ip}.dst", $"{protocol}.dstport", "sip.Method", "sip.Status-Code"));
        Assert.Empty(await Tshark.FieldsAsync(scratch, capture, $"_ws.malformed || {protocol}.checksum.status == 0 || tcp.analysis.flags", "frame.number", "_ws.expert.message"));

        TraceEntry Entry(SipDirection direction, int second, string text) => new(TraceKind.Sip, begin.AddSeconds(second), 0, direction, flow, Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public async Task What_went_in_memory_is_in_no_capture()
    {
        using var scratch = new ScratchFolder();
        var trace = new CallTrace(new CallId("x"), TenantId.Default, "t", DateTimeOffset.UnixEpoch, null, 0, 0,
        [
            new TraceEntry(TraceKind.Sip, DateTimeOffset.UnixEpoch, 0, SipDirection.Sent, new SipFlow(SipTransportKind.Internal, default, default, 1), "BYE sip:x SIP/2.0\r\n\r\n"u8.ToArray()),
            new TraceEntry(TraceKind.Event, DateTimeOffset.UnixEpoch, 0, SipDirection.Received, default, "{}"u8.ToArray()),
        ]);
        Assert.Empty(await Tshark.FieldsAsync(scratch, TracePcap.Write(trace, _ => default), "frame", "frame.number"));
    }
}
