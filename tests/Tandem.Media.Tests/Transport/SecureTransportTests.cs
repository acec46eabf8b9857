using System.Buffers.Binary;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Events;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;
using Tandem.Testing;
using static Tandem.Media.Tests.Transport.MediaPlans;

namespace Tandem.Media.Tests.Transport;

/// <summary>SRTP with keys by SDP on one side or both (RFC 3711, 4568), in virtual time. The phones' ends are contexts of their own.</summary>
public sealed class SecureTransportTests
{
    private static readonly Random Keys = new(11);

    private readonly VirtualSession _session = new();
    private Moment _now = Moment.FromMilliseconds(1000);

    public static TheoryData<SrtpProfile> Profiles => [.. Enum.GetValues<SrtpProfile>()];

    /// <summary>A phone's end of SDES: its contexts, and what the plan says about it.</summary>
    private sealed class Secured(SrtpProfile profile)
    {
        private readonly SrtpKey _own = SrtpKey.Create(profile, Keys);
        private readonly SrtpKey _ours = SrtpKey.Create(profile, Keys);
        private SrtpContext? _sends;
        private SrtpContext? _receives;

        public SdesPlan Plan => new(profile, _own, _ours);

        public SrtpContext Sends => _sends ??= SrtpContext.Create(profile, _own, SrtpOptions.Default);

        public SrtpContext Receives => _receives ??= SrtpContext.Create(profile, _ours, SrtpOptions.Default);

        public byte[] Protect(byte[] packet, bool rtcp = false)
        {
            var buffer = new byte[packet.Length + SrtpContext.MaxExpansion];
            packet.CopyTo(buffer, 0);
            var length = packet.Length;
            Assert.True(rtcp ? Sends.ProtectRtcp(buffer, ref length) : Sends.ProtectRtp(buffer, ref length));
            return buffer[..length];
        }

        public byte[] Unprotect(byte[] packet, bool rtcp = false)
        {
            var length = packet.Length;
            Assert.Equal(SrtpVerdict.Accepted, rtcp ? Receives.UnprotectRtcp(packet, ref length) : Receives.UnprotectRtp(packet, ref length));
            return packet[..length];
        }
    }

    private byte[] OneSent(NetAddress target)
    {
        var sent = Assert.Single(_session.TakeSent());
        Assert.Equal(target, sent.Target);
        return sent.Packet;
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Plain_and_secure_are_joined_both_ways(SrtpProfile profile)
    {
        var phone = new Secured(profile);
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);
        for (ushort i = 0; i < 300; i++)
        {
            var sequence = (ushort)(65400 + i);
            Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(sequence), A, _now));
            var encrypted = OneSent(B);
            Assert.NotEqual(Phone.Packet(sequence)[12..], encrypted[12..172]);
            Assert.Equal(Phone.Packet(sequence), phone.Unprotect(encrypted));

            Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(sequence, 2)), B, _now));
            Assert.Equal(Phone.Packet(sequence, 2), OneSent(A));

            Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.A, Phone.Report(), A, _now));
            Assert.Equal(Phone.Report(), phone.Unprotect(OneSent(B), true));
            Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.B, phone.Protect(Phone.Report(), true), B, _now));
            Assert.Equal(Phone.Report(), OneSent(A));
        }

        var report = _session.Core.Lines[0].B.Statistics.Read();
        Assert.Equal((300, 0, 300 * 172), (report.Packets, report.Lost, report.Bytes));
        Assert.Equal([$"SDES {profile.SuiteName()}"], _session.Events.Select(e => Assert.IsType<MediaSecured>(e).Description));
    }

    [Fact]
    public void Two_secure_sides_have_keys_of_their_own()
    {
        var a = new Secured(SrtpProfile.AesCm128HmacSha1Tag32);
        var b = new Secured(SrtpProfile.AeadAes256Gcm);
        _session.Apply(OneLine(To(A, a.Plan), To(B, b.Plan, mux: false)), _now);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, a.Protect(Phone.Packet(7)), A, _now));
        Assert.Equal(Phone.Packet(7), b.Unprotect(OneSent(B)));
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.A, a.Protect(Phone.Report(), true), A, _now));
        Assert.Equal(Phone.Report(), b.Unprotect(OneSent(B.WithPort(6001)), true));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, b.Protect(Phone.Packet(9)), B, _now));
        Assert.Equal(Phone.Packet(9), a.Unprotect(OneSent(A)));
    }

    // Issue 4, attack tests: bad packets are counted and dropped without end, and nothing grows.
    [Fact]
    public void A_million_bad_tags_neither_pass_nor_end_the_call_nor_cost_memory()
    {
        var phone = new Secured(SrtpProfile.AesCm128HmacSha1Tag80);
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(1)), B, _now));
        _session.TakeSent();
        var packet = phone.Protect(Phone.Packet(2));
        var bad = 0;
        Assert.Equal(0, Garbage.Of(() => Bad(25_000)));
        Bad(1_000_000 - bad);
        Assert.Equal(1_000_000, _session.Core.Transports(MediaSide.B)[0].Of(PacketVerdict.BadTag));
        Assert.Empty(_session.TakeSent());
        Assert.Equal(1, _session.Core.Lines[0].B.Statistics.Read().Packets);

        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, packet, B, _now));
        Assert.Equal(Phone.Packet(2), OneSent(A));

        void Bad(int count)
        {
            // Any SSRC, any number: nothing of it is remembered.
            packet[^1] ^= 0x55;
            for (var i = 0; i < count; i++, bad++)
            {
                packet[3] = (byte)(i | 0x80);
                packet[8] = (byte)(i >> 8);
                packet[9] = (byte)(i >> 16);
                _session.Receive(MediaSide.B, packet, B, _now);
            }

            packet[^1] ^= 0x55;
            packet[3] = 2;
            packet[8] = 0;
            packet[9] = 0;
        }
    }

    [Fact]
    public void What_is_replayed_is_not_heard_and_moves_nothing()
    {
        var phone = new Secured(SrtpProfile.AesCm128HmacSha1Tag80);
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);
        var packet = phone.Protect(Phone.Packet(1));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, packet, B, _now));
        Assert.Equal(PacketVerdict.Replay, _session.Receive(MediaSide.B, packet, B, _now));

        // From elsewhere on the same host, and from a stranger after a silence: a captured packet is no proof.
        Assert.Equal(PacketVerdict.Replay, _session.Receive(MediaSide.B, packet, B.WithPort(6002), _now));
        _now += TimeSpan.FromSeconds(30);
        Assert.Equal(PacketVerdict.Replay, _session.Receive(MediaSide.B, packet, Stranger, _now));
        var report = phone.Protect(Phone.Report(), true);
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.B, report, B, _now));
        Assert.Equal(PacketVerdict.Replay, _session.Receive(MediaSide.B, report, B, _now));
        Assert.Equal(B, _session.Core.Transports(MediaSide.B)[0].Rtp.Target);
    }

    [Fact]
    public void A_stranger_is_dropped_before_his_packets_are_decrypted_and_moves_nothing_in_any_phase()
    {
        var phone = new Secured(SrtpProfile.AeadAes128Gcm);
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);

        // Before the phone spoke, inside the window: he may be the phone behind a NAT, but his tag is wrong.
        Assert.Equal(PacketVerdict.BadTag, _session.Receive(MediaSide.B, Phone.Packet(1), Stranger, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(1)), B, _now));
        foreach (var seconds in new[] { 0, 1, 5, 20 })
        {
            _now += TimeSpan.FromSeconds(seconds);
            Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet((ushort)(10 + seconds))), B, _now));
            Assert.Equal(PacketVerdict.Stranger, _session.Receive(MediaSide.B, Phone.Packet(99), Stranger, _now));
            byte[] bye = [0x81, 203, 0, 1, 0, 0, 0, 9];
            Assert.Equal(PacketVerdict.Stranger, _session.Receive(MediaSide.B, bye, Stranger, _now));
        }

        // The phone has fallen silent: he is looked at, and still has no key.
        _now += TimeSpan.FromSeconds(60);
        Assert.Equal(PacketVerdict.BadTag, _session.Receive(MediaSide.B, Phone.Packet(99), Stranger, _now));
        Assert.Equal(B, _session.Core.Transports(MediaSide.B)[0].Rtp.Target);
        _session.TakeSent();
        _session.Receive(MediaSide.A, Phone.Packet(1), A, _now);
        OneSent(B);
    }

    [Fact]
    public void An_authentic_phone_is_followed_at_once_to_another_port_and_after_a_silence_to_another_host()
    {
        var phone = new Secured(SrtpProfile.AesCm128HmacSha1Tag80);
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);
        _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(1)), B, _now);
        _now += TimeSpan.FromSeconds(60);
        _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(2)), B, _now);

        // A NAT that gave the flow another port, as often as it likes.
        for (ushort i = 0; i < 20; i++)
        {
            Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet((ushort)(3 + i))), B.WithPort(7000 + i), _now));
            Assert.Equal(B.WithPort(7000 + i), _session.Core.Transports(MediaSide.B)[0].Rtp.Target);
        }

        var elsewhere = VirtualSession.At("198.51.100.9", 31000);
        Assert.Equal(PacketVerdict.Stranger, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(40)), elsewhere, _now));
        _now += TimeSpan.FromSeconds(3);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(41)), elsewhere, _now));
        Assert.Equal(elsewhere, _session.Core.Transports(MediaSide.B)[0].Rtp.Target);
    }

    // RFC 4568 §7.1.4: other keys by a later offer and answer; the same keys again change nothing.
    [Fact]
    public void Keys_change_between_two_packets_and_those_that_stay_go_on()
    {
        var phone = new Secured(SrtpProfile.AesCm128HmacSha1Tag80);
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);
        for (ushort i = 0; i < 5; i++)
        {
            Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(i), A, _now));
            Assert.Equal(Phone.Packet(i), phone.Unprotect(OneSent(B)));
        }

        var replayed = phone.Protect(Phone.Packet(1));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, replayed, B, _now));
        _session.TakeSent();
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);
        Assert.Equal(PacketVerdict.Replay, _session.Receive(MediaSide.B, replayed, B, _now));
        Assert.Single(_session.Events);

        var next = new Secured(SrtpProfile.AeadAes128Gcm);
        _session.Apply(OneLine(b: To(B, next.Plan)), _now);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(6), A, _now));
        Assert.Equal(Phone.Packet(6), next.Unprotect(OneSent(B)));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, next.Protect(Phone.Packet(3)), B, _now));

        // What was under way under the old key is heard, for a while.
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(2)), B, _now));
        _now += TimeSpan.FromSeconds(6);
        Assert.Equal(PacketVerdict.BadTag, _session.Receive(MediaSide.B, phone.Protect(Phone.Packet(4)), B, _now));
        Assert.Equal(2, _session.Events.Count);

        // Back to plain, as the two agreed.
        _session.TakeSent();
        _session.Apply(OneLine(), _now);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(7), A, _now));
        Assert.Equal(Phone.Packet(7), OneSent(B));
    }

    // RFC 3711 §9.1: no index twice under one key. A plain phone that restarts its numbers gets another SSRC toward the secure side.
    [Fact]
    public void A_plain_source_that_starts_its_numbers_anew_is_heard_again_at_once()
    {
        var phone = new Secured(SrtpProfile.AesCm128HmacSha1Tag80);
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);
        for (ushort i = 0; i < 2000; i++)
            _session.Receive(MediaSide.A, Phone.Packet((ushort)(20000 + i)), A, _now);
        _session.TakeSent();
        var verdicts = Enumerable.Range(0, 50).Select(i => _session.Receive(MediaSide.A, Phone.Packet((ushort)(300 + i)), A, _now)).ToList();
        Assert.Equal([.. Enumerable.Repeat(PacketVerdict.Replay, 4), .. Enumerable.Repeat(PacketVerdict.Rtp, 46)], verdicts);
        var received = _session.TakeSent().Select(s => phone.Unprotect(s.Packet)).ToList();
        Assert.Equal(Enumerable.Range(304, 46), received.Select(p => (p[2] << 8) | p[3]));
        Assert.Single(received.Select(p => Convert.ToHexString(p[8..12])).Distinct());

        // A network that doubles packets does not do that.
        Assert.Equal(PacketVerdict.Replay, _session.Receive(MediaSide.A, Phone.Packet(349), A, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(350), A, _now));
    }

    // 64 streams with their windows are 11 KiB, the list of those that made room and may not send again (RFC 3711 §9.1) is 16 KiB; both grow by doubling,
    // so the way there costs twice that.
    [Fact]
    public void A_flood_of_sources_costs_little_memory_and_then_none()
    {
        var phone = new Secured(SrtpProfile.AesCm128HmacSha1Tag80);
        _session.Apply(OneLine(b: To(B, phone.Plan)), _now);
        _session.Loop.Keeps = false;
        var packet = Phone.Packet(1);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, packet, A, _now));

        Assert.InRange(Flood(packet, 1, 10_000), 16_384, 65_536);
        var next = 10_001u;
        Assert.Equal(0, Garbage.Of(() =>
        {
            Flood(packet, next, 10_000);
            next += 10_000;
        }));

        // A table that doubled now and then would show here; what the runtime allocates does not reach this.
        Assert.InRange(Flood(packet, next, 100_000), 0, 4_096);
        Assert.Equal(SrtpOptions.Default.MaxSsrcs, _session.Core.Transports(MediaSide.B)[0].Rtp.Srtp!.StreamCount);
    }

    // The bytes that packets of so many sources cost.
    private long Flood(byte[] packet, uint first, int count)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0u; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), first + i);
            _session.Receive(MediaSide.A, packet, A, _now);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // RFC 4588 §4: what is repeated is known by another number here, which lies where SRTP encrypts (RFC 3711 §3.1).
    [Fact]
    public void A_repeated_packet_is_renumbered_between_two_keys()
    {
        var a = new Secured(SrtpProfile.AesCm128HmacSha1Tag80);
        var b = new Secured(SrtpProfile.AeadAes128Gcm);
        var plan = OneLine(To(A, a.Plan), To(B, b.Plan));
        var (picture, again) = (Payloads("96 97", "96 VP8/90000", "97 rtx/90000"), UInt128.One << 97);
        _session.Apply(plan with { Lines = [new LinePlan("video", Side(payloads: picture) with { Retransmissions = again }, Side(payloads: picture) with { Retransmissions = again }, true)] }, _now);
        _session.Core.Continue(MediaSide.B, [4_999]);
        _session.Receive(MediaSide.A, a.Protect(Phone.Packet(100, 1, type: 96)), A, _now);
        Assert.Equal(5_000, BinaryPrimitives.ReadUInt16BigEndian(b.Unprotect(OneSent(B)).AsSpan(2)));

        // With an extension and a CSRC before it.
        var packet = Repeated(7, 100);
        packet[0] = 0x91;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(18), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 100);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, a.Protect(packet), A, _now));
        var heard = b.Unprotect(OneSent(B));
        Assert.Equal((4_907, 5_000), (BinaryPrimitives.ReadUInt16BigEndian(heard.AsSpan(2)), BinaryPrimitives.ReadUInt16BigEndian(heard.AsSpan(24))));
        Assert.Equal(packet[26..], heard[26..]);

        _session.Loop.Keeps = false;
        var packets = Enumerable.Range(8, 5000).Select(i => a.Protect(Repeated((ushort)i, 100))).ToArray();
        var (next, before) = (0, _session.Loop.SentCount);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 200; i++)
                _session.Receive(MediaSide.A, packets[next++], A, _now);
        }));
        Assert.Equal(next, _session.Loop.SentCount - before);

        static byte[] Repeated(ushort sequence, ushort original)
        {
            var repeated = Phone.Packet(sequence, 2, type: 97);
            BinaryPrimitives.WriteUInt16BigEndian(repeated.AsSpan(12), original);
            return repeated;
        }
    }

    [Fact]
    public void A_secure_packet_costs_no_allocation()
    {
        var a = new Secured(SrtpProfile.AesCm128HmacSha1Tag80);
        var b = new Secured(SrtpProfile.AeadAes128Gcm);
        _session.Apply(OneLine(To(A, a.Plan), To(B, b.Plan)), _now);
        _session.Loop.Keeps = false;
        var packets = Enumerable.Range(1, 5000).Select(i => a.Protect(Phone.Packet((ushort)i))).ToArray();
        var next = 0;
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 200; i++)
                _session.Receive(MediaSide.A, packets[next++], A, _now);
        }));
        Assert.Equal(next, _session.Loop.SentCount);
    }
}
