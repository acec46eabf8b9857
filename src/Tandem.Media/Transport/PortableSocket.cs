using System.Net.Sockets;

namespace Tandem.Media.Transport;

/// <summary>A media socket of the framework.</summary>
internal sealed class PortableSocket(Socket socket, int port, bool isV6) : MediaSocket(port, isV6)
{
    public Socket Socket => socket;

    public override void Drain(int limit)
    {
        Span<byte> nothing = stackalloc byte[1];
        for (var i = 0; i < limit && socket.Poll(0, SelectMode.SelectRead); i++)
            socket.Receive(nothing, SocketFlags.None, out _);
    }

    public override void Close() => socket.Dispose();
}
