using System.Net;
using System.Net.Sockets;

namespace Tandem.Testing.Network;

/// <summary>
/// A TCP port of the loopback that is ours whether somebody listens on it or not: the system gives it to nobody else meanwhile, neither to who asks for any free port nor to a
/// connection that goes out. A server binds it beside, as often as it starts; until it listens, who connects is refused.
/// </summary>
public sealed class HeldPort : IDisposable
{
    // Bound, as .NET does it, so that others of us may bind it too; it never listens.
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public HeldPort()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    public int Number { get; }

    public void Dispose() => _socket.Dispose();
}
