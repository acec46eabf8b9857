using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Sockets by direct system calls.</summary>
internal sealed unsafe class EpollLayer(MediaOptions options) : SocketLayer
{
    public override MediaSocket? TryBind(NetAddress local)
    {
        var family = local.IsV6 ? LibC.AddressFamilyV6 : LibC.AddressFamilyV4;
        var descriptor = LibC.Socket(family, LibC.SocketDatagram | LibC.SocketNonBlocking | LibC.SocketCloseOnExec, 0);
        if (descriptor < 0)
            return null;

        if (local.IsV6)
            SetOption(descriptor, LibC.LevelIpV6, LibC.OptionV6Only, 1);

        var address = stackalloc byte[LibC.SocketAddressLength];
        var length = SocketAddressCodec.Write(local, new Span<byte>(address, LibC.SocketAddressLength));
        if (LibC.Bind(descriptor, address, length) != 0)
        {
            _ = LibC.Close(descriptor);
            return null;
        }

        // Neither option is worth refusing a call for: a kernel may bound the buffer, a container may forbid the mark.
        SetOption(descriptor, LibC.LevelSocket, LibC.OptionReceiveBuffer, options.SocketBufferBytes);
        if (options.Dscp != 0)
        {
            SetOption(
                descriptor,
                local.IsV6 ? LibC.LevelIpV6 : LibC.LevelIp,
                local.IsV6 ? LibC.OptionTrafficClass : LibC.OptionTypeOfService,
                options.Dscp << 2);
        }

        return new EpollSocket(descriptor, local.Port, local.IsV6);
    }

    public override MediaLoop CreateLoop(int index, PortPool pool, Clock clock) => new EpollLoop(index, options, pool, clock);

    private static void SetOption(int descriptor, int level, int option, int value) =>
        _ = LibC.SetSocketOption(descriptor, level, option, &value, sizeof(int));
}
