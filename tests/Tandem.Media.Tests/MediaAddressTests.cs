using System.Net.Sockets;
using Tandem.Core.Time;

namespace Tandem.Media.Tests;

/// <summary>Addresses and families of the two sides, over real sockets on loopback.</summary>
public sealed class MediaAddressTests : EngineRig
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_side_may_use_its_own_address_family(bool epoll)
    {
        // Containers without IPv6 exist; the negotiation itself is tested without sockets.
        if (!Socket.OSSupportsIPv6)
            return;

        Tandem.Core.Net.NetAddress.TryParse("::1", 0, out var v6);
        using var relay = Relay(epoll, o => o with { AdvertisedV6 = v6 });
        using var a = new Phone();
        using var b = new Phone(System.Net.IPAddress.IPv6Loopback);
        var session = relay.Open(_ => { })!;
        session.Expect(MediaSide.B, v6.WithPort(5060));
        var (portForB, portForA) = Connect(session, a, b);
        a.Send(Phone.Packet(1), portForA);
        Assert.Equal(Phone.Packet(1), Phone.Receive(b.Rtp));
        b.Send(Phone.Packet(2), portForB);
        Assert.Equal(Phone.Packet(2), Phone.Receive(a.Rtp));
        session.Close();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_side_may_change_its_family_and_until_the_answer_the_old_port_serves(bool epoll)
    {
        if (!Socket.OSSupportsIPv6)
            return;

        Tandem.Core.Net.NetAddress.TryParse("::1", 0, out var v6);
        using var relay = Relay(epoll, o => o with { AdvertisedV6 = v6, PortQuarantine = TimeSpan.Zero });
        using var a = new Phone();
        using var b = new Phone();
        using var moved = new Phone(System.Net.IPAddress.IPv6Loopback);
        var session = relay.Open(_ => { })!;
        var (portForB, portForA) = Connect(session, a, b);

        Assert.True(session.Offer(MediaSide.A, moved.Sdp()).IsAccepted);
        session.AbandonOffer();
        Assert.True(session.Offer(MediaSide.A, moved.Sdp()).IsAccepted);
        a.Send(Phone.Packet(1), portForA);
        Assert.Equal(Phone.Packet(1), Phone.Receive(b.Rtp));

        var newPort = Phone.PortOf(session.Answer(MediaSide.B, b.Sdp()).Sdp);
        Assert.NotEqual(portForA, newPort);
        moved.Send(Phone.Packet(2), newPort);
        Assert.Equal(Phone.Packet(2), Phone.Receive(b.Rtp));
        b.Send(Phone.Packet(3), portForB);
        Assert.Equal(Phone.Packet(3), Phone.Receive(moved.Rtp));
        WaitUntil(() => relay.PortsInUse == 4);
        session.Close();
        WaitUntil(() => relay.PortsInUse == 0);
    }

    // RFC 3264 §8: a refused offer changes nothing, the ports neither.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_change_of_family_for_which_there_are_no_ports_leaves_the_old_ones(bool epoll)
    {
        if (!Socket.OSSupportsIPv6)
            return;

        Tandem.Core.Net.NetAddress.TryParse("::1", 0, out var v6);
        using var relay = Relay(epoll, o => o with { AdvertisedV6 = v6, RtpPortMax = o.RtpPort + 7 });
        using var a = new Phone();
        using var b = new Phone();
        using var moved = new Phone(System.Net.IPAddress.IPv6Loopback);
        var session = relay.Open(_ => { })!;
        var other = relay.Open(_ => { })!;
        using var elsewhere = new Phone();
        var (portForB, portForA) = Connect(session, a, b);

        // One pair is left for two lines that move.
        Assert.True(other.Accept(MediaSide.A, elsewhere.Sdp()).IsAccepted);
        var refused = session.Offer(MediaSide.A, moved.Sdp($"m=audio {moved.Port + 2} RTP/AVP 0\r\n"));
        Assert.Equal(MediaError.NoPorts, refused.Error);

        Assert.Equal((portForB, portForA), Connect(session, a, b));
        a.Send(Phone.Packet(1), portForA);
        Assert.Equal(Phone.Packet(1), Phone.Receive(b.Rtp));
        b.Send(Phone.Packet(2), portForB);
        Assert.Equal(Phone.Packet(2), Phone.Receive(a.Rtp));
        session.Close();
        other.Close();
        WaitUntil(() => relay.PortsInUse == 0);
    }

    // A machine with several addresses: each side is told the one that it reaches, by its signalling, or else by its SDP.
    [Fact]
    public void Each_side_is_told_the_address_that_it_reaches()
    {
        static Tandem.Core.Net.NetAddress At(string host)
        {
            Assert.True(Tandem.Core.Net.NetAddress.TryParse(host, 0, out var address));
            return address;
        }

        var first = Tandem.Testing.Network.UdpPorts.Range(20);
        var options = new MediaOptions { RtpPort = first, RtpPortMax = first + 19, Shards = 1, AdvertisedV4 = At("203.0.113.1") };
        using var relay = new MediaEngine(
            options, new Clock(TimeProvider.System), null, peer => peer.IsLoopback ? At("127.0.0.1") : peer.IsV6 ? default : At("192.0.2.1"));
        using var a = new Phone();
        var session = relay.Open(_ => { })!;
        session.Expect(MediaSide.B, At("192.0.2.77").WithPort(5060));
        Assert.Contains("c=IN IP4 192.0.2.1\r\n", System.Text.Encoding.ASCII.GetString(session.Offer(MediaSide.A, a.Sdp()).Sdp.Span));
        Assert.Contains("c=IN IP4 127.0.0.1\r\n", System.Text.Encoding.ASCII.GetString(session.Answer(MediaSide.B, a.Sdp()).Sdp.Span));
        session.Close();
        session = relay.Open(_ => { })!;
        Assert.Contains("c=IN IP4 203.0.113.1\r\n", System.Text.Encoding.ASCII.GetString(session.Offer(MediaSide.A, a.Sdp()).Sdp.Span));
        session.Close();
    }
}
