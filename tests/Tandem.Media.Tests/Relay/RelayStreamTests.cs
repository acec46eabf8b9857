using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;

namespace Tandem.Media.Tests.Relay;

/// <summary>The packet path in virtual time. A is at 192.0.2.1:5000, B at 192.0.2.2:6000; the window is 10 s, silence 3 s.</summary>
public sealed class RelayStreamTests
{
    private static readonly NetAddress NamedA = At("192.0.2.1", 5000);
    private static readonly NetAddress NamedB = At("192.0.2.2", 6000);
    private static readonly NetAddress Nat = At("198.51.100.7", 31000);
    private static readonly NetAddress Stranger = At("203.0.113.66", 4000);

    private readonly PayloadTable _payloads = new();
    private RelayStream _stream = new(new MediaOptions());
    private Moment _now = Moment.FromMilliseconds(1000);
    private ushort _sequence;

    public RelayStreamTests()
    {
        Assert.True(Media.Sdp.SdpParser.TryParse(Sdp.Sdps.Bytes(Sdp.Sdps.Sipp), new MediaOptions(), out var document, out _));
        _payloads.Add(document, document.Media[0]);
        Apply();
    }

    private static NetAddress At(string host, int port)
    {
        Assert.True(NetAddress.TryParse(host, port, out var address));
        return address;
    }

    private sealed record Leg(NetAddress Rtp, bool Sends, bool WantsRtcp, NetAddress Peer)
    {
        public TransportPlan Transport(bool secure, bool mux) =>
            new(Rtp, Rtp.IsUnspecified ? Rtp : Rtp.WithPort(Rtp.Port + 1), Peer, mux, secure ? PassedSecurity.Instance : null);
    }

    private static Leg Side(NetAddress address, bool sends = true, NetAddress peer = default) => new(address, sends, true, peer);

    private void Apply(Leg? a = null, Leg? b = null, bool secure = false, bool mux = false)
    {
        a ??= Side(NamedA);
        b ??= Side(NamedB);
        var plan = new LinePlan("audio", new LineSide(0, a.Sends, b.Sends, a.WantsRtcp, _payloads), new LineSide(0, b.Sends, a.Sends, b.WantsRtcp, _payloads), true);
        _stream.Apply(plan, a.Transport(secure, mux), b.Transport(secure, mux), _now);
    }

    private void After(double seconds) => _now += TimeSpan.FromSeconds(seconds);

    private RelayVerdict FromA(NetAddress source, out NetAddress target)
    {
        var verdict = _stream.Receive(MediaSide.A, false, Phone.Packet(++_sequence), source, _now, out var result);
        target = result.Address;
        return verdict;
    }

    private RelayVerdict FromA(NetAddress source) => FromA(source, out _);

    /// <summary>Where a packet from B goes now: what the relay believes about A.</summary>
    private NetAddress TargetOfA()
    {
        _stream.Receive(MediaSide.B, false, Phone.Packet(1), NamedB, _now, out var target);
        return target.Address;
    }

    [Fact]
    public void Before_the_first_packet_the_sdp_address_is_the_target()
    {
        Assert.Equal(RelayVerdict.Rtp, FromA(NamedA, out var target));
        Assert.Equal(NamedB, target);
        Assert.Equal(NamedA, TargetOfA());
    }

    [Fact]
    public void A_phone_behind_a_nat_is_learned_from_its_first_packet()
    {
        Assert.Equal(RelayVerdict.Rtp, FromA(Nat));
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
            Assert.Equal(RelayVerdict.Stranger, FromA(Stranger));
            Assert.Equal(NamedA, TargetOfA());
        }

        // Not even when the phone has fallen silent.
        After(100);
        Assert.Equal(RelayVerdict.Stranger, FromA(Stranger));
        Assert.Equal(NamedA, TargetOfA());
    }

    [Fact]
    public void After_the_window_a_stranger_is_not_learned()
    {
        After(10.001);
        Assert.Equal(RelayVerdict.Stranger, FromA(Stranger));
        Assert.Equal(NamedA, TargetOfA());
        Assert.Equal(RelayVerdict.Rtp, FromA(NamedA));
    }

    [Fact]
    public void A_known_host_is_learned_however_late()
    {
        Apply(Side(NamedA, peer: At("198.51.100.7", 5060)));
        After(3600);
        Assert.Equal(RelayVerdict.Stranger, FromA(Stranger));
        Assert.Equal(RelayVerdict.Rtp, FromA(Nat));
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void A_stranger_who_was_first_gives_way_to_better_sources_inside_the_window()
    {
        Apply(Side(NamedA, peer: At("198.51.100.7", 5060)));
        Assert.Equal(RelayVerdict.Rtp, FromA(Stranger));
        Assert.Equal(RelayVerdict.Rtp, FromA(Nat));
        Assert.Equal(RelayVerdict.Stranger, FromA(Stranger));
        Assert.Equal(RelayVerdict.Rtp, FromA(NamedA));
        Assert.Equal(RelayVerdict.Stranger, FromA(Nat));
        Assert.Equal(NamedA, TargetOfA());
    }

    [Fact]
    public void An_equal_source_never_replaces_another()
    {
        Assert.Equal(RelayVerdict.Rtp, FromA(Nat));
        Assert.Equal(RelayVerdict.Stranger, FromA(Stranger));
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
            _stream = new RelayStream(new MediaOptions { Latch = policy });
            Apply();
            Assert.Equal(expected ? RelayVerdict.Rtp : RelayVerdict.Stranger, FromA(source));
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
        Assert.Equal(RelayVerdict.Stranger, FromA(Nat.WithPort(31001)));
        After(0.2);
        Assert.Equal(RelayVerdict.Rtp, FromA(Nat.WithPort(31001)));
        Assert.Equal(Nat.WithPort(31001), TargetOfA());
        Assert.Equal(RelayVerdict.Stranger, FromA(Nat));
    }

    [Fact]
    public void The_sdp_address_is_followed_after_silence_and_moves_are_bounded()
    {
        FromA(Nat);
        for (var i = 0; i < 8; i++)
        {
            After(20);
            Assert.Equal(RelayVerdict.Rtp, FromA(i % 2 == 0 ? NamedA : NamedA.WithPort(7000 + i)));
        }

        After(20);
        Assert.Equal(RelayVerdict.Stranger, FromA(NamedA));
        Apply(Side(At("192.0.2.1", 5002)));
        Assert.Equal(RelayVerdict.Rtp, FromA(At("192.0.2.1", 5002)));
    }

    [Fact]
    public void A_new_address_in_the_sdp_opens_the_latch_and_the_old_source_cannot_hold_it()
    {
        FromA(NamedA);
        var moved = At("192.0.2.77", 5100);
        Apply(Side(moved));
        Assert.Equal(moved, TargetOfA());

        // Packets of the old place that are still under way are heard, until the new place speaks: from behind a NAT here.
        Assert.Equal(RelayVerdict.Rtp, FromA(NamedA));
        Assert.Equal(RelayVerdict.Rtp, FromA(Nat));
        Assert.Equal(RelayVerdict.Stranger, FromA(NamedA));
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void The_same_address_in_a_later_sdp_does_not_open_the_latch()
    {
        FromA(Nat);
        After(30);
        Apply();
        Assert.Equal(RelayVerdict.Stranger, FromA(Stranger));
        Assert.Equal(RelayVerdict.Rtp, FromA(Nat));
    }

    [Fact]
    public void An_old_style_hold_forgets_nothing()
    {
        FromA(Nat);
        Apply(new Leg(default, true, false, default), Side(NamedB, false));
        Assert.Equal(RelayVerdict.Rtp, FromA(Nat));
        Assert.Equal(RelayVerdict.NotWanted, _stream.Receive(MediaSide.B, false, Phone.Packet(1), NamedB, _now, out _));
        Assert.Equal(RelayVerdict.NotWanted, _stream.Receive(MediaSide.B, true, Phone.Report(), NamedB.WithPort(6001), _now, out _));
        Apply();
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void Without_any_address_nothing_is_sent_until_the_side_is_heard()
    {
        _stream = new RelayStream(new MediaOptions());
        Apply(Side(default));
        Assert.Equal(RelayVerdict.NoTarget, _stream.Receive(MediaSide.B, false, Phone.Packet(1), NamedB, _now, out _));
        FromA(Nat);
        Assert.Equal(Nat, TargetOfA());
    }

    [Fact]
    public void Only_valid_rtp_of_a_named_payload_type_teaches_an_address()
    {
        foreach (var packet in new[] { new byte[172], Phone.Packet(1, type: 97), Phone.Packet(1)[..11], "\0\u0001\0\0!\u0012¤B............"u8.ToArray() })
            Assert.Equal(RelayVerdict.Invalid, _stream.Receive(MediaSide.A, false, packet, Nat, _now, out _));
        Assert.Equal(NamedA, TargetOfA());

        // From the learned source another payload type passes, as the codec may be one we never saw.
        FromA(Nat);
        Assert.Equal(RelayVerdict.Rtp, _stream.Receive(MediaSide.A, false, Phone.Packet(2, type: 97), Nat, _now, out _));
    }

    [Fact]
    public void A_held_side_is_counted_but_not_heard()
    {
        Apply(b: Side(NamedB, false));
        Assert.Equal(RelayVerdict.NotWanted, _stream.Receive(MediaSide.B, false, Phone.Packet(1), NamedB, _now, out _));
        Assert.Equal(1, _stream[MediaSide.B].Statistics.Read().Packets);
        Assert.Equal(RelayVerdict.Rtp, FromA(NamedA));

        // RFC 3264 §8.4: RTCP goes on in a hold.
        Assert.Equal(RelayVerdict.Rtcp, _stream.Receive(MediaSide.B, true, Phone.Report(), NamedB.WithPort(6001), _now, out _));
    }

    [Fact]
    public void Rtcp_has_a_latch_of_its_own()
    {
        FromA(Nat);
        var verdict = _stream.Receive(MediaSide.B, true, Phone.Report(), NamedB.WithPort(6001), _now, out var target);
        Assert.Equal((RelayVerdict.Rtcp, new RelayTarget(MediaSide.A, true, NamedA.WithPort(5001))), (verdict, target));

        // A BYE from a stranger, late: not passed on. The host that RTP comes from counts as known.
        After(11);
        byte[] bye = [0x81, 203, 0, 1, 0, 0, 0, 9];
        Assert.Equal(RelayVerdict.Stranger, _stream.Receive(MediaSide.A, true, bye, Stranger, _now, out _));
        Assert.Equal(RelayVerdict.Rtcp, _stream.Receive(MediaSide.A, true, Phone.Report(), Nat.WithPort(31009), _now, out _));
        _stream.Receive(MediaSide.B, true, Phone.Report(), NamedB.WithPort(6001), _now, out target);
        Assert.Equal(Nat.WithPort(31009), target.Address);
        Assert.Equal(RelayVerdict.Invalid, _stream.Receive(MediaSide.A, true, Phone.Packet(1), Nat.WithPort(31009), _now, out _));
    }

    [Fact]
    public void With_rtcp_mux_both_use_one_port_and_one_latch()
    {
        Apply(mux: true);
        var verdict = _stream.Receive(MediaSide.A, false, Phone.Report(), Nat, _now, out var target);
        Assert.Equal((RelayVerdict.Rtcp, new RelayTarget(MediaSide.B, false, NamedB)), (verdict, target));
        Assert.Equal(Nat, TargetOfA());

        // Without it a report on the RTP port is not RTP either.
        Apply();
        Assert.Equal(RelayVerdict.Invalid, _stream.Receive(MediaSide.B, false, Phone.Report(), NamedB.WithPort(9), _now, out _));
    }

    [Fact]
    public void Srtp_passes_as_it_is()
    {
        Apply(secure: true);
        var packet = Phone.Packet(1);
        packet[0] |= 0x20;
        packet[^1] = 0xFF;
        Assert.Equal(RelayVerdict.Rtp, _stream.Receive(MediaSide.A, false, packet, NamedA, _now, out _));
        Apply();
        Assert.Equal(RelayVerdict.Invalid, _stream.Receive(MediaSide.A, false, packet, NamedA, _now, out _));
    }

    [Fact]
    public void Without_a_plan_nothing_passes()
    {
        _stream.Apply(null, null, null, _now);
        Assert.Equal(RelayVerdict.NotWanted, FromA(NamedA));
        Assert.Equal(0, _stream[MediaSide.A].Statistics.Read().Packets);
    }

    [Fact]
    public void A_packet_costs_no_allocation()
    {
        Apply(mux: true);
        var rtp = Phone.Packet(1);
        var rtcp = Phone.Report();
        var forwarded = Spin(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        forwarded += Spin(200_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(201_000 * 3, forwarded);

        int Spin(int rounds)
        {
            var count = 0;
            for (var i = 0; i < rounds; i++)
            {
                rtp[2] = (byte)(i >> 8);
                rtp[3] = (byte)i;
                _now += TimeSpan.FromMilliseconds(20);
                count += _stream.Receive(MediaSide.A, false, rtp, NamedA, _now, out _) == RelayVerdict.Rtp ? 1 : 0;
                count += _stream.Receive(MediaSide.B, false, rtp, NamedB, _now, out _) == RelayVerdict.Rtp ? 1 : 0;
                count += _stream.Receive(MediaSide.A, false, rtcp, NamedA, _now, out _) == RelayVerdict.Rtcp ? 1 : 0;
                _stream.Receive(MediaSide.A, false, rtp, Stranger, _now, out _);
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
                Apply(Side(sources[random.Next(5)]), Side(sources[random.Next(5)]), random.Next(2) == 0, random.Next(2) == 0);
            After(random.NextDouble() / 10);
            var verdict = _stream.Receive((MediaSide)random.Next(2), random.Next(4) == 0, bytes.AsSpan(0, random.Next(201)), sources[random.Next(4)], _now, out var target);
            Assert.Equal(verdict <= RelayVerdict.Rtcp, !target.Address.IsUnspecified);
        }
    }
}
