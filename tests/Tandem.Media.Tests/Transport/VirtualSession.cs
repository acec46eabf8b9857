using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;
using Tandem.Media.Transport;

namespace Tandem.Media.Tests.Transport;

/// <summary>The packet side of a session in virtual time, with sockets that are only numbers: A's ports from 10000, B's from 20000.</summary>
internal sealed class VirtualSession
{
    private readonly byte[] _buffer;
    private readonly Dictionary<(MediaSide, int, bool), FakeLayer.FakeSocket> _sockets = [];

    public VirtualSession(MediaOptions? options = null, IHandshakeDesk? handshakes = null)
    {
        Options = options ?? new MediaOptions();
        _buffer = new byte[Options.MaxPacketBytes + SrtpContext.MaxExpansion];
        Core = new SessionCore(Options, Loop, Events.Add, handshakes);
    }

    public MediaOptions Options { get; }

    public VirtualLoop Loop { get; } = new();

    public List<MediaEvent> Events { get; } = [];

    public SessionCore Core { get; }

    public static NetAddress At(string host, int port)
    {
        Assert.True(NetAddress.TryParse(host, port, out var address));
        return address;
    }

    public void Apply(MediaPlan plan, Moment now)
    {
        Loop.Now = now;
        Core.Apply(new SessionWish(plan, PortsFor(plan.TransportsA, MediaSide.A), PortsFor(plan.TransportsB, MediaSide.B), false), now);
    }

    /// <summary>Time goes on: timers fire.</summary>
    public void Advance(Moment now)
    {
        Loop.Now = now;
        Loop.Wheel.Advance(now);
    }

    public FakeLayer.FakeSocket Socket(MediaSide side, int transport = 0, bool rtcp = false)
    {
        var key = (side, transport, rtcp);
        if (!_sockets.TryGetValue(key, out var socket))
            _sockets[key] = socket = new FakeLayer.FakeSocket((side == MediaSide.A ? 10000 : 20000) + (transport * 2) + (rtcp ? 1 : 0), false);
        return socket;
    }

    /// <summary>A datagram arrives; the verdict, and where what was sent last went (unspecified when nothing was).</summary>
    public PacketVerdict Receive(MediaSide side, bool rtcp, ReadOnlySpan<byte> packet, NetAddress source, Moment now, out NetAddress target, int transport = 0)
    {
        packet.CopyTo(_buffer);
        Loop.Now = now;
        var before = Loop.SentCount;
        var component = Socket(side, transport, rtcp).Component ?? (rtcp ? Core.Transports(side)[transport].Rtcp : Core.Transports(side)[transport].Rtp);
        var verdict = component.Transport.Receive(component, _buffer, packet.Length, source, now);
        target = Loop.SentCount > before ? Loop.LastTarget : default;
        return verdict;
    }

    public PacketVerdict Receive(MediaSide side, ReadOnlySpan<byte> packet, NetAddress source, Moment now, int transport = 0) =>
        Receive(side, false, packet, source, now, out _, transport);

    /// <summary>What was sent since the last call.</summary>
    public List<(int FromPort, byte[] Packet, NetAddress Target)> TakeSent()
    {
        var list = Loop.Sent.Select(s => (s.Socket.Port, s.Packet, s.Target)).ToList();
        Loop.Sent.Clear();
        return list;
    }

    private TransportPorts?[] PortsFor(IReadOnlyList<TransportPlan?> transports, MediaSide side) =>
        [.. transports.Select((plan, i) => plan is null ? null : new TransportPorts(Socket(side, i), plan.Mux ? null : Socket(side, i, true)))];
}
