using Tandem.Core.Time;
using Tandem.Media.Ice;
using Tandem.Media.Relay;
using Tandem.Media.Tests.Ice;
using static Tandem.Media.Tests.Transport.MediaPlans;

namespace Tandem.Media.Tests.Transport;

/// <summary>The packet path where ICE says who is at the other end (RFC 8445 §12), in virtual time. B is the browser.</summary>
public sealed class IceTransportTests
{
    private readonly VirtualSession _session = new();
    private Moment _now = Moment.FromMilliseconds(1000);

    public IceTransportTests() => _session.Apply(OneLine(b: To(default, ice: IcePeer.Plan)), _now);

    [Fact]
    public void Nothing_flows_until_a_signed_check_came_and_then_to_where_it_came_from()
    {
        Assert.Equal(PacketVerdict.NoTarget, _session.Receive(MediaSide.A, Phone.Packet(1), A, _now));
        Assert.Equal(PacketVerdict.NotAllowed, _session.Receive(MediaSide.B, Phone.Packet(1), B, _now));

        Assert.Equal(PacketVerdict.Stun, _session.Receive(MediaSide.B, IcePeer.Check(nominates: true), B, _now));
        var answer = Assert.Single(_session.TakeSent());
        Assert.Equal(B, answer.Target);
        Assert.True(StunMessage.TryParse(answer.Packet, out var message));
        Assert.Equal(StunClass.Success, message.Class);

        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, Phone.Packet(1), B, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(2), A, _now));
        Assert.Equal([A, B], _session.TakeSent().Select(s => s.Target));
        Assert.Equal(B, _session.Core.Transports(MediaSide.B)[0].Rtp.Address);
    }

    [Fact]
    public void Checks_that_are_forged_or_unsigned_move_nothing()
    {
        _session.Receive(MediaSide.B, IcePeer.Check(nominates: true), B, _now);
        foreach (var check in new[]
                 {
                     IcePeer.Check(nominates: true, priority: uint.MaxValue, sign: false),
                     IcePeer.Check(nominates: true, priority: uint.MaxValue, password: "wrongwrongwrongwrongwrong"),
                     IcePeer.Check(nominates: true, priority: uint.MaxValue, fingerprint: false),
                 })
        {
            Assert.Equal(PacketVerdict.StunRefused, _session.Receive(MediaSide.B, check, Stranger, _now));
        }

        Assert.Equal(PacketVerdict.NotAllowed, _session.Receive(MediaSide.B, Phone.Packet(1), Stranger, _now));
        Assert.Equal(PacketVerdict.NotAllowed, _session.Receive(MediaSide.B, Phone.Report(), Stranger, _now));
        _session.TakeSent();
        _session.Receive(MediaSide.A, Phone.Packet(1), A, _now);
        Assert.Equal(B, Assert.Single(_session.TakeSent()).Target);
    }

    [Fact]
    public void Without_ice_stun_is_refused_and_not_answered()
    {
        Assert.Equal(PacketVerdict.StunRefused, _session.Receive(MediaSide.A, IcePeer.Check(), A, _now));
        Assert.Empty(_session.TakeSent());
    }

    // RFC 7675: no consent, no packets.
    [Fact]
    public void A_peer_that_no_longer_consents_is_sent_nothing()
    {
        _session.Receive(MediaSide.B, IcePeer.Check(nominates: true), B, _now);
        _session.TakeSent();
        for (var i = 0; i < 400; i++)
        {
            _now += TimeSpan.FromMilliseconds(100);
            _session.Advance(_now);
        }

        var checks = _session.TakeSent();
        Assert.InRange(checks.Count, 3, 8);
        Assert.All(checks, check => Assert.Equal((B, PacketKind.Stun), (check.Target, PacketKinds.Of(check.Packet))));
        Assert.Equal(PacketVerdict.NoTarget, _session.Receive(MediaSide.A, Phone.Packet(1), A, _now));
        Assert.Equal(0, _session.Loop.Wheel.Count - 1);
    }

    [Fact]
    public void Checks_of_ours_that_are_answered_keep_the_way_open()
    {
        _session.Receive(MediaSide.B, IcePeer.Check(nominates: true), B, _now);
        _session.TakeSent();
        for (var i = 0; i < 1200; i++)
        {
            _now += TimeSpan.FromMilliseconds(100);
            _session.Advance(_now);
            foreach (var check in _session.TakeSent())
                Assert.Equal(PacketVerdict.Stun, _session.Receive(MediaSide.B, IcePeer.Answer(check.Packet), B, _now));
        }

        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(1), A, _now));
    }

    [Fact]
    public void Two_lite_agents_go_by_the_sdp_and_the_latch()
    {
        _session.Apply(OneLine(b: To(B, ice: IcePeer.Plan with { RemoteIsLite = true })), _now);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(1), A, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, Phone.Packet(1), B, _now));
        Assert.Equal([B, A], _session.TakeSent().Select(s => s.Target));
        Assert.Equal(PacketVerdict.Stranger, _session.Receive(MediaSide.B, Phone.Packet(2), Stranger, _now));
    }
}
