using System.Net;
using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Srtp;

namespace Tandem.Media.Transport;

/// <summary>The media loop where there is no epoll: <see cref="Socket.Select(System.Collections.IList, System.Collections.IList, System.Collections.IList, int)"/> over all sockets.</summary>
internal sealed class PortableLoop : MediaLoop
{
    private readonly Dictionary<Socket, PortableSocket> _served = [];
    private readonly List<Socket> _ready = [];
    private readonly byte[] _packet;
    private readonly SocketAddress _source = new(AddressFamily.InterNetworkV6);
    private readonly SocketAddress _targetV4 = new(AddressFamily.InterNetwork);
    private readonly SocketAddress _targetV6 = new(AddressFamily.InterNetworkV6);
    private readonly Socket _wakeReceiver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _wakeSender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public PortableLoop(int index, MediaOptions options, PortPool pool, Clock clock)
        : base(index, options, pool, clock)
    {
        // One byte more than the longest packet tells a longer one; the bytes behind it are for whoever protects it.
        _packet = new byte[options.MaxPacketBytes + 1 + SrtpContext.MaxExpansion];
        _wakeReceiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wakeSender.Connect(_wakeReceiver.LocalEndPoint!);
        _wakeReceiver.Blocking = false;
        _wakeSender.Blocking = false;
    }

    public override void Wake() => _wakeSender.Send([1], SocketFlags.None, out _);

    protected override void ReceiveRound(int timeoutMilliseconds)
    {
        _ready.Clear();
        _ready.Add(_wakeReceiver);
        _ready.AddRange(_served.Keys);
        var waits = Clock.Now;
        Socket.Select(_ready, null, null, timeoutMilliseconds * 1000);
        Load.Rest(Clock.Now - waits);
        if (_ready.Count > 0)
            Counters.RoundsField++;

        foreach (var socket in _ready)
        {
            if (ReferenceEquals(socket, _wakeReceiver))
                socket.Receive(_packet, SocketFlags.None, out _);
            else if (_served.TryGetValue(socket, out var own))
                Receive(own);
        }
    }

    public override bool Attach(MediaSocket socket)
    {
        var own = (PortableSocket)socket;
        _served[own.Socket] = own;
        own.Slot = 0;
        return true;
    }

    public override void Detach(MediaSocket socket)
    {
        _served.Remove(((PortableSocket)socket).Socket);
        socket.Slot = -1;
    }

    public override void Send(MediaSocket socket, ReadOnlySpan<byte> packet, in NetAddress target)
    {
        var address = target.IsV6 ? _targetV6 : _targetV4;
        SocketAddressCodec.WriteKeepingFamily(target, address.Buffer.Span);
        try
        {
            ((PortableSocket)socket).Socket.SendTo(packet, SocketFlags.None, address);
        }
        catch (SocketException)
        {
            // A full buffer or an unreachable host: the packet is lost, as on any network.
            Counters.SendErrorsField++;
        }
    }

    protected override void CloseWaiting()
    {
        _wakeReceiver.Dispose();
        _wakeSender.Dispose();
    }

    private void Receive(PortableSocket socket)
    {
        for (var i = 0; i < Options.MaxPacketsPerSocket && socket.Slot >= 0 && socket.Socket.Poll(0, SelectMode.SelectRead); i++)
        {
            try
            {
                _source.Size = _source.Buffer.Length;
                var length = socket.Socket.ReceiveFrom(_packet.AsSpan(0, Options.MaxPacketBytes + 1), SocketFlags.None, _source);
                if (length > Options.MaxPacketBytes)
                    Counters.OversizeField++;
                else if (NetAddress.TryFrom(_source, out var source))
                    Handle(socket, _packet, length, source, Clock.Now);
            }
            catch (SocketException e)
            {
                if (e.SocketErrorCode == SocketError.MessageSize)
                    Counters.OversizeField++;
                else
                    Counters.ReceiveErrorsField++;
            }
        }
    }
}
