using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tandem.Sip.Transport.Native;

/// <summary>
/// Sockets of which the system tells which have something new. Adding and removing is safe on any thread; one thread asks.
/// </summary>
internal sealed unsafe class EpollSet : IDisposable
{
    /// <summary>Arrivals told in one call.</summary>
    public const int Capacity = 256;

    // struct epoll_event is packed on x64 only.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed(Capacity, (nuint)EventBytes);
    private readonly Descriptor _epoll;

    /// <exception cref="SocketException">No descriptor is left.</exception>
    public EpollSet()
    {
        _epoll = new Descriptor(Libc.EpollCreate(Libc.EpollCloseOnExec));
        if (_epoll.IsInvalid)
            throw new SocketException((int)SocketError.TooManyOpenSockets);
    }

    ~EpollSet() => NativeMemory.Free(_events);

    /// <summary>Readable when a socket of the set has something new.</summary>
    public int Descriptor => _epoll.Number;

    /// <summary>Adds a socket; false when the system refuses.</summary>
    public bool Add(SafeSocketHandle socket, long token)
    {
        var told = stackalloc byte[16];
        Unsafe.WriteUnaligned(told, Libc.EpollArrivals);
        Unsafe.WriteUnaligned(told + EventBytes - sizeof(long), token);
        return Control(socket, Libc.EpollAdd, told);
    }

    /// <summary>Takes a socket out, before it is closed.</summary>
    public void Remove(SafeSocketHandle socket)
    {
        var unused = stackalloc byte[16];
        Control(socket, Libc.EpollDelete, unused);
    }

    /// <summary>The sockets with something new, without waiting; at most <see cref="Capacity"/>.</summary>
    public int Take(Span<Arrival> arrivals)
    {
        var count = Math.Max(0, Libc.EpollWait(Descriptor, _events, Capacity, 0));
        for (var i = 0; i < count; i++)
        {
            var told = _events + (i * EventBytes);
            arrivals[i] = new Arrival(
                Unsafe.ReadUnaligned<long>(told + EventBytes - sizeof(long)), (Unsafe.ReadUnaligned<uint>(told) & Libc.EpollEnds) != 0);
        }

        return count;
    }

    public void Dispose() => _epoll.Dispose();

    /// <summary>What is told of a socket.</summary>
    /// <param name="Token">As it was added.</param>
    /// <param name="IsEnd">True when the far side sends no more, or the connection failed.</param>
    public readonly record struct Arrival(long Token, bool IsEnd);

    private bool Control(SafeSocketHandle socket, int operation, byte* told)
    {
        if (!_epoll.TryHold())
            return false;

        var isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            return Libc.EpollControl(Descriptor, operation, (int)socket.DangerousGetHandle(), told) == 0;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (isHeld)
                socket.DangerousRelease();

            _epoll.LetGo();
        }
    }
}
