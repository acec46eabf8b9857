using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Testing;

namespace Tandem.Media.Tests.Transport;

/// <summary>The packet path in virtual time. A is at 192.0.2.1:5000, B at 192.0.2.2:6000; the window is 10 s, silence 3 s.</summary>
public sealed class MediaTransportTests
{
    private static readonly NetAddress NamedA = At("192.0.2.1", 5000);
    private static readonly NetAddress NamedB = At("192.0.2.2", 6000);
    private static readonly NetAddress Nat = At("198.51.100.7", 31000);
    private static readonly NetAddress Stranger = At("203.0.113.66", 4000);

    private readonly PayloadTable _payloads = new();
    private VirtualSession _session = new();
    private Moment _now = Moment.FromMilliseconds(1000);
    private ushort _sequence;

    public MediaTransportTests()
    {
        _payloads.Add(0, 8000);
        Apply();
    }

    private static NetAddress At(string host, int port)
    {
        Assert.True(NetAddress.TryParse(host, port, out var address));
        return address;
    }

    private sealed record Leg(NetAddress Rtp, bool Sends, bool WantsRtcp, NetAddress Peer)
    {
        public bool IsStranger { get; init; }

        public TransportPlan Transport(bool mux) =>
            new(Rtp, Rtp.IsUnspecified ? Rtp : Rtp.WithPort(Rtp.Port + 1), Peer, mux) { PublicAnd = IsStranger ? [] : null };
    }

    private static Leg Side(NetAddress address, bool sends = true, NetAddress peer = default) => new(address, sends, true, peer);

    private void Apply(Leg? a = null, Leg? b = null, bool mux = false)
    {
        a ??= Side(NamedA);
        b ??= Side(NamedB);
        var plan = new LinePlan("audio", new LineSide(0, a.Sends, b.Sends, a.WantsRtcp, _payloads), new LineSide(0, b.Sends, a.Sends, b.WantsRtcp, _payloads), true);
        _session.Apply(new MediaPlan([plan], [a.Transport(mux)], [b.Transport(mux)], false, false), _now);
    }

    private PacketVerdict Receive(MediaSide from, bool onRtcpPort, ReadOnlySpan<byte> packet, NetAddress source, out Way way)
    {
        var verdict = _session.Receive(from, onRtcpPort, packet, source, _now, out var target);
        var port = target.IsUnspecified ? 0 : _session.Loop.LastSocket!.Port;
        way = new Way(port >= 20000 ? MediaSide.B : MediaSide.A, (port & 1) != 0, target);
        return verdict;
    }

    /// <summary>Where a packet went: to whom, from our RTCP port or the other, to which address.</summary>
    private readonly record struct Way(MediaSide Side, bool FromRtcpPort, NetAddress Address);

    private void After(double seconds) => _now += TimeSpan.FromSeconds(seconds);

    private PacketVerdict FromA(NetAddress source, out NetAddress target)
    {
        var verdict = Receive(MediaSide.A, false, Phone.Packet(++_sequence), source, out var result);
        target = result.Address;
        return verdict;
    }

    private PacketVerdict FromA(NetAddress source) => FromA(source, out _);

    /// <summary>Where a packet from B goes now: what the relay believes about A.</summary>
    private NetAddress TargetOfA()
    {
        Receive(MediaSide.B, false, Phone.Packet(1), NamedB, out var target);
        return target.Address;
    }

    // A forged source would have us send to a host beside the server: of a side that anybody may name, such packets are a stranger's.
    [Fact]
    public void Packets_of_a_stranger_come_from_outside()
    {
        var outside = At("8.8.4.4", 5000);
        Apply(a: Side(default) with { IsStranger = true });
        Assert.Equal(PacketVerdict.Stranger, FromA(At("10.0.0.5", 4000)));
        Assert.Equal(PacketVerdict.Stranger, FromA(At("127.0.0.1", 4000)));
        Assert.NotEqual(PacketVerdict.Stranger, FromA(outside));
        Receive(MediaSide.B, false, Phone.Packet(++_sequence), NamedB, out var way);
        Assert.Equal(outside, way.Address);
    }

    [Fact]
    public void Before_the_first_packet_the_sdp_address_is_the_target()
    {
        Assert.Equal(PacketVerdict.Rtp, FromA(NamedA, out var target));
        Assert.Equal(NamedB, target);
        Assert.Equal(NamedA, TargetOfA());
    }

    [Fact]
    public void A_phone_behind_a_nat_is_learned_from_its_first_packet()
    {
        Assert.Equal(PacketVerdict.Rtp, FromA(Nat));
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void Once_learned_a_stranger_moves_nothing_in_any_phase()
    {
        FromA(NamedA);
        foreach (var seconds in new[] { 0.0, 1, 5, 20, 60 })
        {
            After(seconds);
            FromA(NamedA);
            Assert.Equal(PacketVerdict.Stranger, FromA(Stranger));
            Assert.Equal(NamedA, TargetOfA());
        }

        // Not even when the phone has fallen silent.
        After(100);
        Assert.Equal(PacketVerdict.Stranger, FromA(Stranger));
        Assert.Equal(NamedA, TargetOfA());
    }

    [Fact]
    public void After_the_window_a_stranger_is_not_learned()
    {
        After(10.001);
        Assert.Equal(PacketVerdict.Stranger, FromA(Stranger));
        Assert.Equal(NamedA, TargetOfA());
        Assert.Equal(PacketVerdict.Rtp, FromA(NamedA));
    }

    [Fact]
    public void A_known_host_is_learned_however_late()
    {
        Apply(Side(NamedA, peer: At("198.51.100.7", 5060)));
        After(3600);
        Assert.Equal(PacketVerdict.Stranger, FromA(Stranger));
        Assert.Equal(PacketVerdict.Rtp, FromA(Nat));
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void A_stranger_who_was_first_gives_way_to_better_sources_inside_the_window()
    {
        Apply(Side(NamedA, peer: At("198.51.100.7", 5060)));
        Assert.Equal(PacketVerdict.Rtp, FromA(Stranger));
        Assert.Equal(PacketVerdict.Rtp, FromA(Nat));
        Assert.Equal(PacketVerdict.Stranger, FromA(Stranger));
        Assert.Equal(PacketVerdict.Rtp, FromA(NamedA));
        Assert.Equal(PacketVerdict.Stranger, FromA(Nat));
        Assert.Equal(NamedA, TargetOfA());
    }

    [Fact]
    public void An_equal_source_never_replaces_another()
    {
        Assert.Equal(PacketVerdict.Rtp, FromA(Nat));
        Assert.Equal(PacketVerdict.Stranger, FromA(Stranger));
        Assert.Equal(Nat, TargetOfA());
    }

    [Theory]
    [InlineData(LatchPolicy.SdpOnly, false, false)]
    [InlineData(LatchPolicy.KnownHosts, true, false)]
    [InlineData(LatchPolicy.Anybody, true, true)]
    public void The_policy_says_who_may_be_learned(LatchPolicy policy, bool sameHost, bool other)
    {
        foreach (var (source, expected) in new[] { (NamedA.WithPort(5555), sameHost), (Nat, other), (NamedA, true) })
        {
            _session = new VirtualSession(new MediaOptions { Latch = policy });
            Apply();
            Assert.Equal(expected ? PacketVerdict.Rtp : PacketVerdict.Stranger, FromA(source));
        }
    }

    // The rebinding policy: silence first, then the SDP's address or another port of the same host, and not without end.
    [Fact]
    public void A_nat_that_changes_the_port_is_followed_after_silence()
    {
        FromA(Nat);
        After(11);
        FromA(Nat);
        After(2.9);
        Assert.Equal(PacketVerdict.Stranger, FromA(Nat.WithPort(31001)));
        After(0.2);
        Assert.Equal(PacketVerdict.Rtp, FromA(Nat.WithPort(31001)));
        Assert.Equal(Nat.WithPort(31001), TargetOfA());
        Assert.Equal(PacketVerdict.Stranger, FromA(Nat));
    }

    [Fact]
    public void The_sdp_address_is_followed_after_silence_and_moves_are_bounded()
    {
        FromA(Nat);
        for (var i = 0; i < 8; i++)
        {
            After(20);
            Assert.Equal(PacketVerdict.Rtp, FromA(i % 2 == 0 ? NamedA : NamedA.WithPort(7000 + i)));
        }

        After(20);
        Assert.Equal(PacketVerdict.Stranger, FromA(NamedA));
        Apply(Side(At("192.0.2.1", 5002)));
        Assert.Equal(PacketVerdict.Rtp, FromA(At("192.0.2.1", 5002)));
    }

    [Fact]
    public void A_new_address_in_the_sdp_opens_the_latch_and_the_old_source_cannot_hold_it()
    {
        FromA(NamedA);
        var moved = At("192.0.2.77", 5100);
        Apply(Side(moved));
        Assert.Equal(moved, TargetOfA());

        // Packets of the old place that are still under way are heard, until the new place speaks: from behind a NAT here.
        Assert.Equal(PacketVerdict.Rtp, FromA(NamedA));
        Assert.Equal(PacketVerdict.Rtp, FromA(Nat));
        Assert.Equal(PacketVerdict.Stranger, FromA(NamedA));
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void The_same_address_in_a_later_sdp_does_not_open_the_latch()
    {
        FromA(Nat);
        After(30);
        Apply();
        Assert.Equal(PacketVerdict.Stranger, FromA(Stranger));
        Assert.Equal(PacketVerdict.Rtp, FromA(Nat));
    }

    [Fact]
    public void An_old_style_hold_forgets_nothing()
    {
        FromA(Nat);
        Apply(new Leg(default, true, false, default), Side(NamedB, false));
        Assert.Equal(PacketVerdict.Rtp, FromA(Nat));
        Assert.Equal(PacketVerdict.NotWanted, Receive(MediaSide.B, false, Phone.Packet(1), NamedB, out _));
        Assert.Equal(PacketVerdict.NotWanted, Receive(MediaSide.B, true, Phone.Report(), NamedB.WithPort(6001), out _));
        Apply();
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void Without_any_address_nothing_is_sent_until_the_side_is_heard()
    {
        _session = new VirtualSession();
        Apply(Side(default));
        Assert.Equal(PacketVerdict.NoTarget, Receive(MediaSide.B, false, Phone.Packet(1), NamedB, out _));
        FromA(Nat);
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void Only_valid_rtp_of_a_named_payload_type_teaches_an_address()
    {
        foreach (var packet in new[] { Array.Empty<byte>(), Phone.Packet(1, type: 97), Phone.Packet(1)[..11], new byte[] { 70, 1, 0, 0 } })
            Assert.Equal(PacketVerdict.Invalid, Receive(MediaSide.A, false, packet, Nat, out _));
        Assert.Equal(NamedA, TargetOfA());

        // From the learned source another payload type passes, as the codec may be one we never saw.
        FromA(Nat);
        Assert.Equal(PacketVerdict.Rtp, Receive(MediaSide.A, false, Phone.Packet(2, type: 97), Nat, out _));
    }

    [Fact]
    public void A_held_side_is_counted_but_not_heard()
    {
        Apply(b: Side(NamedB, false));
        Assert.Equal(PacketVerdict.NotWanted, Receive(MediaSide.B, false, Phone.Packet(1), NamedB, out _));
        Assert.Equal(1, _session.Core.Lines[0][MediaSide.B].Statistics.Read().Packets);
        Assert.Equal(PacketVerdict.Rtp, FromA(NamedA));

        // RFC 3264 §8.4: RTCP goes on in a hold.
        Assert.Equal(PacketVerdict.Rtcp, Receive(MediaSide.B, true, Phone.Report(), NamedB.WithPort(6001), out _));
    }

    [Fact]
    public void Rtcp_has_a_latch_of_its_own()
    {
        FromA(Nat);
        var verdict = Receive(MediaSide.B, true, Phone.Report(), NamedB.WithPort(6001), out var target);
        Assert.Equal((PacketVerdict.Rtcp, new Way(MediaSide.A, true, NamedA.WithPort(5001))), (verdict, target));

        // A BYE from a stranger, late: not passed on. The host that RTP comes from counts as known.
        After(11);
        byte[] bye = [0x81, 203, 0, 1, 0, 0, 0, 9];
        Assert.Equal(PacketVerdict.Stranger, Receive(MediaSide.A, true, bye, Stranger, out _));
        Assert.Equal(PacketVerdict.Rtcp, Receive(MediaSide.A, true, Phone.Report(), Nat.WithPort(31009), out _));
        Receive(MediaSide.B, true, Phone.Report(), NamedB.WithPort(6001), out target);
        Assert.Equal(Nat.WithPort(31009), target.Address);
        Assert.Equal(PacketVerdict.Invalid, Receive(MediaSide.A, true, Phone.Packet(1), Nat.WithPort(31009), out _));
    }

    [Fact]
    public void With_rtcp_mux_both_use_one_port_and_one_latch()
    {
        Apply(mux: true);
        var verdict = Receive(MediaSide.A, false, Phone.Report(), Nat, out var target);
        Assert.Equal((PacketVerdict.Rtcp, new Way(MediaSide.B, false, NamedB)), (verdict, target));
        Assert.Equal(Nat, TargetOfA());

        // Without it a report on the RTP port is not RTP either.
        Apply();
        Assert.Equal(PacketVerdict.Invalid, Receive(MediaSide.B, false, Phone.Report(), NamedB.WithPort(9), out _));
    }

    [Fact]
    public void Without_a_plan_nothing_passes()
    {
        _session.Apply(MediaPlan.Empty, _now);
        Assert.Equal(PacketVerdict.NotWanted, FromA(NamedA));
        Assert.Equal(0, _session.Core.Lines[0][MediaSide.A].Statistics.Read().Packets);
    }

    [Fact]
    public void A_packet_costs_no_allocation()
    {
        Apply(mux: true);
        _session.Loop.Keeps = false;
        var rtp = Phone.Packet(1);
        var rtcp = Phone.Report();
        var (rounds, forwarded) = (0, 0);
        Assert.Equal(0, Garbage.Of(() =>
        {
            rounds += 20_000;
            forwarded += Spin(20_000);
        }));
        Assert.Equal(rounds * 3, forwarded);

        int Spin(int rounds)
        {
            var count = 0;
            for (var i = 0; i < rounds; i++)
            {
                rtp[2] = (byte)(i >> 8);
                rtp[3] = (byte)i;
                _now += TimeSpan.FromMilliseconds(20);
                count += Receive(MediaSide.A, false, rtp, NamedA, out _) == PacketVerdict.Rtp ? 1 : 0;
                count += Receive(MediaSide.B, false, rtp, NamedB, out _) == PacketVerdict.Rtp ? 1 : 0;
                count += Receive(MediaSide.A, false, rtcp, NamedA, out _) == PacketVerdict.Rtcp ? 1 : 0;
                Receive(MediaSide.A, false, rtp, Stranger, out _);
            }

            return count;
        }
    }

    [Fact]
    public void Any_packets_from_anywhere_are_judged_without_an_exception()
    {
        var random = new Random(3);
        var bytes = new byte[200];
        NetAddress[] sources = [NamedA, NamedB, Nat, Stranger, default];
        for (var i = 0; i < 100_000; i++)
        {
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
                bytes[0] = 0x80;
            if (random.Next(3) == 0)
                bytes[1] = (byte)(random.Next(2) * 200);
            if (random.Next(1000) == 0)
                Apply(Side(sources[random.Next(5)]), Side(sources[random.Next(5)]), random.Next(2) == 0);
            After(random.NextDouble() / 10);
            var verdict = Receive((MediaSide)random.Next(2), random.Next(4) == 0, bytes.AsSpan(0, random.Next(201)), sources[random.Next(4)], out var target);
            Assert.Equal(verdict <= PacketVerdict.Rtcp, !target.Address.IsUnspecified);
        }
    }
}
