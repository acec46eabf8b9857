using System.Net;
using System.Net.Sockets;
using Tandem.Core.Time;
using Tandem.Testing;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests;

/// <summary>RFC 5761 §5.1.1: a line that gave up its RTCP port for rtcp-mux wants one again, and finds it taken.</summary>
public sealed class RtcpPortTakenTests
{
    private static readonly int FirstPort = UdpPorts.Range(40);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_line_goes_to_other_ports(bool isRefusedFirst)
    {
        var options = new MediaOptions { RtpPort = FirstPort, RtpPortMax = FirstPort + 39, Shards = 1, PortQuarantine = TimeSpan.Zero };
        using var relay = new MediaEngine(options, new Clock(TimeProvider.System), new Random(1));
        using var a = new Phone();
        using var b = new Phone();
        var session = relay.Open(_ => { })!;
        var offer = session.Offer(MediaSide.A, a.Sdp("a=rtcp-mux\r\n"));
        Assert.True(session.Answer(MediaSide.B, b.Sdp("a=rtcp-mux\r\n")).IsAccepted);
        var old = Phone.PortOf(offer.Sdp);
        Wait.Until(() => relay.PortsInUse == 2);

        using var somebody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        somebody.Bind(new IPEndPoint(IPAddress.Loopback, old + 1));
        var again = session.Offer(MediaSide.B, b.Sdp());
        Assert.True(again.IsAccepted, again.Text);
        if (isRefusedFirst)
        {
            // What was in force goes on, on its own ports.
            session.AbandonOffer();
            Pass(b, old, a, 1);
            again = session.Offer(MediaSide.B, b.Sdp());
        }

        var answer = session.Answer(MediaSide.A, a.Sdp());
        Assert.True(answer.IsAccepted, answer.Text);
        Assert.NotEqual(old, Phone.PortOf(answer.Sdp));
        Pass(b, Phone.PortOf(answer.Sdp), a, 2);
        Pass(a, Phone.PortOf(again.Sdp), b, 3);
        Wait.Until(() => relay.PortsInUse == 4);
        session.Close();
        Wait.Until(() => relay.PortsInUse == 0);
    }

    private static void Pass(Phone from, int port, Phone to, ushort sequence)
    {
        var packet = Phone.Packet(sequence);
        from.Send(packet, port);
        Assert.Equal(packet, Phone.Receive(to.Rtp));
    }
}
