using System.Buffers.Binary;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtp;
using static Tandem.Media.Tests.Transport.MediaPlans;

namespace Tandem.Media.Tests.Transport;

/// <summary>Lines and transports: bundles (RFC 9143), renamed payload types, datagrams that are not RTP, who listens and who is fed.</summary>
public sealed class LineTransportTests
{
    private const uint AudioSsrc = 0xA;
    private const uint VideoSsrc = 0xB;

    private static readonly PayloadTable AudioTypes = Payloads("111 0", "111 opus/48000/2");
    private static readonly PayloadTable VideoTypes = Payloads("96", "96 VP8/90000");

    private readonly VirtualSession _session = new();
    private readonly Moment _now = Moment.FromMilliseconds(1000);

    /// <summary>A is a browser with a bundle, B a phone with a port for each line.</summary>
    private void ApplyBundle(bool bothBundled = false, PayloadTable? video = null, int extension = 0) => _session.Apply(
        new MediaPlan(
            [
                new LinePlan("audio", Side(0, AudioTypes, "0", extension), Side(0, AudioTypes), true),
                new LinePlan("video", Side(0, video ?? VideoTypes, "1", extension), Side(bothBundled ? 0 : 1, video ?? VideoTypes), true),
            ],
            [To(A), null],
            [To(B), bothBundled ? null : To(B.WithPort(6100))],
            false,
            false),
        _now);

    private static byte[] Rtcp(params (byte Type, uint Sender, uint Source)[] packets) =>
    [
        .. packets.SelectMany(p =>
        {
            var packet = new byte[12];
            packet[0] = 0x81;
            packet[1] = p.Type;
            packet[3] = 2;
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), p.Sender);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), p.Source);
            return packet;
        }),
    ];

    private static byte[] WithMid(byte[] packet, int id, string mid)
    {
        // RFC 8285 §4.2: one element, filled up to a word.
        var extension = new byte[4 + ((1 + mid.Length + 3) / 4 * 4)];
        extension[0] = 0xBE;
        extension[1] = 0xDE;
        extension[3] = (byte)((extension.Length - 4) / 4);
        extension[4] = (byte)((id << 4) | (mid.Length - 1));
        System.Text.Encoding.ASCII.GetBytes(mid).CopyTo(extension, 5);
        byte[] whole = [.. packet[..12], .. extension, .. packet[12..]];
        whole[0] |= 0x10;
        return whole;
    }

    [Fact]
    public void Bundled_lines_are_told_apart_by_payload_type_and_go_to_ports_of_their_own()
    {
        ApplyBundle();
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(1, AudioSsrc, type: 111), A, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(1, VideoSsrc, type: 96), A, _now));
        Assert.Equal([(20000, B), (20002, B.WithPort(6100))], _session.TakeSent().Select(s => (s.FromPort, s.Target)));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, Phone.Packet(1, 5, type: 96), B.WithPort(6100), _now, transport: 1));
        Assert.Equal([(10000, A)], _session.TakeSent().Select(s => (s.FromPort, s.Target)));
        Assert.Equal([1, 1], _session.Core.Lines.Select(line => line.A.Statistics.Read().Packets));
    }

    // RFC 9143 §9.2: the MID extension is worth more than the SSRC, and that more than the payload type.
    [Fact]
    public void A_payload_type_of_two_lines_needs_a_mid_or_a_known_source()
    {
        ApplyBundle(video: AudioTypes, extension: 3);
        Assert.Equal(PacketVerdict.NoLine, _session.Receive(MediaSide.A, Phone.Packet(1, VideoSsrc, type: 111), A, _now));
        Assert.Equal(PacketVerdict.NoLine, _session.Receive(MediaSide.A, WithMid(Phone.Packet(1, VideoSsrc, type: 111), 3, "9"), A, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, WithMid(Phone.Packet(2, VideoSsrc, type: 111), 3, "1"), A, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(3, VideoSsrc, type: 111), A, _now));
        Assert.Equal([B.WithPort(6100), B.WithPort(6100)], _session.TakeSent().Select(s => s.Target));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, WithMid(Phone.Packet(4, VideoSsrc, type: 111), 3, "0"), A, _now));
        Assert.Equal(B, Assert.Single(_session.TakeSent()).Target);
    }

    [Fact]
    public void A_stranger_teaches_a_bundle_no_source()
    {
        ApplyBundle(video: AudioTypes, extension: 3);
        _session.Receive(MediaSide.A, WithMid(Phone.Packet(1, AudioSsrc, type: 111), 3, "0"), A, _now);
        Assert.Equal(PacketVerdict.Stranger, _session.Receive(MediaSide.A, WithMid(Phone.Packet(1, VideoSsrc, type: 111), 3, "1"), Stranger, _now));
        Assert.Equal(PacketVerdict.NoLine, _session.Receive(MediaSide.A, Phone.Packet(2, VideoSsrc, type: 111), A, _now));
    }

    [Fact]
    public void Rtcp_of_a_bundle_is_taken_apart_when_its_lines_go_different_ways()
    {
        ApplyBundle();
        _session.Receive(MediaSide.A, Phone.Packet(1, AudioSsrc, type: 111), A, _now);
        _session.Receive(MediaSide.A, Phone.Packet(1, VideoSsrc, type: 96), A, _now);
        _session.Receive(MediaSide.B, Phone.Packet(1, 55, type: 96), B.WithPort(6100), _now, transport: 1);
        _session.TakeSent();

        // A receiver report on audio and a picture loss indication for B's video, both from the audio's SSRC, as browsers do.
        var report = Rtcp((201, AudioSsrc, 77), (206, AudioSsrc, 55));
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.A, report, A, _now));
        var sent = _session.TakeSent();
        Assert.Equal([B, B.WithPort(6100)], sent.Select(s => s.Target));
        Assert.Equal(report[..12], sent[0].Packet);
        Assert.Equal([0x80, 201, 0, 1, 0, 0, 0, (byte)AudioSsrc, .. report[12..]], sent[1].Packet);
    }

    [Fact]
    public void Rtcp_between_two_bundles_passes_whole()
    {
        ApplyBundle(bothBundled: true);
        var report = Rtcp((200, AudioSsrc, 1), (206, VideoSsrc, 55), (205, AudioSsrc, 3));
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.A, report, A, _now));
        Assert.Equal(report, Assert.Single(_session.TakeSent()).Packet);
    }

    [Fact]
    public void Payload_types_are_renamed_on_the_way()
    {
        var names = Enumerable.Range(0, 128).Select(i => (byte)i).ToArray();
        names[111] = 107;
        names[97] = 0xFF;
        var plan = new LinePlan("audio", Side(0, Payloads("111 97", "111 opus/48000/2", "97 x/8000")), Side(0, Payloads("107", "107 opus/48000/2")), true, names);
        _session.Apply(new MediaPlan([plan], [To(A)], [To(B)], false, false), _now);
        var packet = Phone.Packet(1, type: 111 | 0x80);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, packet, A, _now));
        packet[1] = 107 | 0x80;
        Assert.Equal(packet, Assert.Single(_session.TakeSent()).Packet);
        Assert.Equal(PacketVerdict.NotWanted, _session.Receive(MediaSide.A, Phone.Packet(2, type: 97), A, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, Phone.Packet(2, type: 107), B, _now));
        Assert.Equal(107, Assert.Single(_session.TakeSent()).Packet[1]);
    }

    // T.38 over UDPTL: nothing is read, the source counts all the same.
    [Fact]
    public void Opaque_datagrams_pass_between_two_sides_that_share_them()
    {
        var image = Side(0, Payloads());
        _session.Apply(
            new MediaPlan([new LinePlan("image", image, image, true)], [To(A, opaque: true)], [To(B, opaque: true)], false, false), _now);
        byte[] datagram = [0, 1, 2, 3, 250];
        Assert.Equal(PacketVerdict.Opaque, _session.Receive(MediaSide.A, datagram, A, _now));
        var passed = Assert.Single(_session.TakeSent());
        Assert.Equal(datagram, passed.Packet);
        Assert.Equal(B, passed.Target);
        Assert.Equal(PacketVerdict.Stranger, _session.Receive(MediaSide.A, datagram, Stranger, _now));
        Assert.Equal(PacketVerdict.Invalid, _session.Receive(MediaSide.A, [], A, _now));
        Assert.Equal((1, 5), (_session.Core.Lines[0].A.Statistics.Read().Packets, _session.Core.Lines[0].A.Statistics.Read().Bytes));

        _session.Apply(new MediaPlan([new LinePlan("image", image, image, true)], [To(A, opaque: true)], [To(B)], false, false), _now);
        Assert.Equal(PacketVerdict.Mismatch, _session.Receive(MediaSide.A, datagram, A, _now));
        Assert.Empty(_session.TakeSent());
    }

    [Fact]
    public void Who_listens_hears_what_is_relayed_and_a_side_that_is_fed_gets_nothing_relayed()
    {
        _session.Apply(OneLine(), _now);
        var heard = new Ear();
        var line = _session.Core.Lines[0];
        line.A.Listener = heard;
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(1, type: 8), A, _now));
        Assert.Single(_session.TakeSent());
        Assert.Equal([(1, 8, 160)], heard.Packets);

        // Music for B: A goes on being heard here, B goes on being relayed to A; both RTCP streams are ours now.
        line.B.IsFed = true;
        Assert.Equal(PacketVerdict.Heard, _session.Receive(MediaSide.A, Phone.Packet(2), A, _now));
        Assert.Equal(PacketVerdict.Report, _session.Receive(MediaSide.A, Phone.Report(), A, _now));
        Assert.Empty(_session.TakeSent());
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, Phone.Packet(1, 2), B, _now));
        Assert.Single(_session.TakeSent());
        var own = new byte[172 + 32];
        Phone.Packet(77, 0x55).CopyTo(own, 0);
        line.B.Send(own, 172);
        var made = Assert.Single(_session.TakeSent());

        // Under a source of its own, and numbered behind what was relayed.
        var numbered = Phone.Packet(77, 0x55);
        (numbered[2], numbered[3]) = (0, 2);
        Assert.Equal(numbered, made.Packet);
        Assert.Equal(B, made.Target);

        // And back: the first packet of A has the marker, for B has not heard that stream for a while.
        line.B.IsFed = false;
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(3), A, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(4), A, _now));
        Assert.Equal([0x80, 0], _session.TakeSent().Select(s => (int)s.Packet[1]));
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.A, Phone.Report(), A, _now));
    }

    [Fact]
    public void A_line_that_cannot_relay_is_heard_or_not_wanted()
    {
        _session.Apply(OneLine(canRelay: false), _now);
        Assert.Equal(PacketVerdict.NotWanted, _session.Receive(MediaSide.A, Phone.Packet(1), A, _now));
        _session.Core.Lines[0].A.Listener = new Ear();
        Assert.Equal(PacketVerdict.Heard, _session.Receive(MediaSide.A, Phone.Packet(2), A, _now));
        Assert.Empty(_session.TakeSent());
    }

    [Fact]
    public void A_session_takes_its_sockets_and_timers_to_another_loop()
    {
        _session.Apply(OneLine(To(A, mux: false)), _now);
        var other = new VirtualLoop();
        Assert.Equal(3, _session.Loop.Served.Count);
        _session.Core.Leave(_now);
        Assert.Equal((0, 0), (_session.Loop.Served.Count, _session.Loop.Wheel.Count));
        _session.Core.Enter(other, _now);
        Assert.Equal((3, 1), (other.Served.Count, other.Wheel.Count));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(1), A, _now));
        Assert.Equal((0, 1), (_session.Loop.SentCount, other.SentCount));
    }

    private sealed class Ear : IRtpInput
    {
        public List<(int Sequence, int Type, int Length)> Packets { get; } = [];

        public void Receive(in RtpHeader header, ReadOnlySpan<byte> payload, Moment now) =>
            Packets.Add((header.Sequence, header.PayloadType, payload.Length));
    }
}
