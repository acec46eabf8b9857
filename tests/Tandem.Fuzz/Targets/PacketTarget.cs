using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Ice;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;
using Tandem.Media.Transport;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// What arrives on a media port: a bundle of two lines from a known source and from a stranger, in plain, secured, and with ICE. Whatever
/// comes, a stranger's and an unsigned datagram goes nowhere, and nothing but RTP of the right source is sent on.
/// </summary>
internal static class PacketTarget
{
    private static readonly NetAddress Peer = NetAddress.FromV4(0xC0000201, 5000);
    private static readonly NetAddress Other = NetAddress.FromV4(0xC0000202, 6000);
    private static readonly NetAddress Stranger = NetAddress.FromV4(0xCB007142, 4000);
    private static readonly PayloadTable Audio = Types(0, 8, 101);
    private static readonly PayloadTable Video = Types(96, 101);
    private static readonly SrtpKey Key = SrtpKey.Create(SrtpProfile.AesCm128HmacSha1Tag80, new Random(3));

    public static int Run(byte[] input)
    {
        if (input.Length > 1500)
            return 0;

        var plain = Take(input, null, null, out var sent);
        var secured = Take(input, new SdesPlan(SrtpProfile.AesCm128HmacSha1Tag80, Key, Key), null, out var securedSent);
        Check.That(securedSent == 0, "an unauthenticated packet was sent on");
        var ice = Take(input, null, new IcePlan("ours", "ourpasswordourpassword", "peer", "peerpasswordpeerpassword", false), out var iceSent);
        Check.That(iceSent <= 2 && ice != PacketVerdict.Rtp && ice != PacketVerdict.Rtcp, "a packet from an unchecked address was sent on");
        return HashCode.Combine(plain, sent, secured, ice, iceSent);
    }

    private static PacketVerdict Take(byte[] input, SecurityPlan? security, IcePlan? ice, out int sent)
    {
        var loop = new Loop();
        var core = new SessionCore(new MediaOptions(), loop, _ => { });
        var transport = new TransportPlan(Peer, Peer, default, true, security, ice);
        core.Apply(
            new SessionWish(
                new MediaPlan(
                    [
                        new LinePlan("audio", new LineSide(0, true, true, true, Audio, null, "0", 3), new LineSide(0, true, true, true, Audio), true),
                        new LinePlan("video", new LineSide(0, true, true, true, Video, null, "1", 3), new LineSide(1, true, true, true, Video), true),
                    ],
                    [transport],
                    [new TransportPlan(Other, Other, default, true), new TransportPlan(Other, Other, default, true)],
                    false,
                    false),
                [new TransportPorts(new Port(10000), null)],
                [new TransportPorts(new Port(20000), null), new TransportPorts(new Port(20002), null)],
                false),
            Moment.Zero);

        var buffer = new byte[2048 + SrtpContext.MaxExpansion];
        var component = core.Transports(MediaSide.A)[0].Rtp;
        input.CopyTo(buffer, 0);
        var verdict = component.Transport.Receive(component, buffer, input.Length, Peer, Moment.FromMilliseconds(10));
        Check.That(security is not null || ice is not null || (loop.Sent > 0) == (verdict is PacketVerdict.Rtp or PacketVerdict.Rtcp), "sent on and dropped at once");
        sent = loop.Sent;

        if (verdict == PacketVerdict.Rtp)
        {
            input.CopyTo(buffer, 0);
            var strange = component.Transport.Receive(component, buffer, input.Length, Stranger, Moment.FromMilliseconds(20));
            Check.That(strange.IsDrop() && loop.Sent == sent, "a stranger is heard");
        }

        core.Stop(Moment.FromMilliseconds(30));
        Check.That(loop.Wheel.Count == 0, "a timer outlives its session");
        return verdict;
    }

    private static PayloadTable Types(params int[] types)
    {
        var table = new PayloadTable();
        foreach (var type in types)
            table.Add(type, type == 101 ? 0 : 8000);
        return table;
    }

    private sealed class Loop : ISocketLoop
    {
        public LoopCounters Counters { get; } = new();

        public TimerWheel Wheel { get; } = new(Moment.Zero);

        public Moment Now => Moment.Zero;

        public IceCounters Ice { get; } = new();

        public Random Random { get; } = new(1);

        public int Sent { get; private set; }

        public bool Attach(MediaSocket socket) => true;

        public void Detach(MediaSocket socket)
        {
        }

        public void Send(MediaSocket socket, ReadOnlySpan<byte> packet, in NetAddress target) => Sent++;
    }

    private sealed class Port(int port) : MediaSocket(port, false)
    {
        public override void Drain(int limit)
        {
        }

        public override void Close()
        {
        }
    }
}
