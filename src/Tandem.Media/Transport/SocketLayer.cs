using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Makes sockets and loops of one kind: epoll on Linux, the portable one elsewhere.</summary>
internal abstract class SocketLayer
{
    /// <summary>Binds a UDP socket; null when the port cannot be had.</summary>
    public abstract MediaSocket? TryBind(NetAddress local);

    public abstract MediaLoop CreateLoop(int index, PortPool pool, Clock clock);

    public static SocketLayer For(MediaOptions options) =>
        options.UseEpoll && OperatingSystem.IsLinux() ? new EpollLayer(options) : new PortableLayer(options);
}
