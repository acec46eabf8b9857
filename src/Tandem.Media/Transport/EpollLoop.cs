using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Srtp;

namespace Tandem.Media.Transport;

/// <summary>
/// The media loop of Linux: epoll, recvfrom, sendto. When rounds follow each other closely it pauses between them, so that one wake-up serves
/// many packets (<see cref="RoundPace"/>), and reads ahead what the packets of a round will need (<see cref="RoundTouch"/>).
/// </summary>
internal sealed unsafe class EpollLoop : MediaLoop
{
    private const int MaxEvents = 512;
    private const ulong WakeMark = ulong.MaxValue;

    // To fall asleep and to be woken costs some ten microseconds: a shorter pause is none.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMicroseconds(50);

    // struct epoll_event is packed on x64 and x86 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : 16;
    private static readonly int EventData = EventSize - 8;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte* _events;
    private readonly byte* _packet;
    private readonly byte* _address;
    private readonly List<EpollSocket?> _slots = [];
    private readonly Stack<int> _freeSlots = new();
    private long _round;
    private RoundPace _pace;
    private long _touched;
    private bool _hasMore;

    // Who wakes a loop that has just ended must not write into whatever has the number of its descriptor now.
    private readonly Lock _waking = new();
    private bool _isClosed;

    public EpollLoop(int index, MediaOptions options, PortPool pool, Clock clock)
        : base(index, options, pool, clock)
    {
        _pace = new RoundPace(options.Coalesce);
        _epoll = LibC.EpollCreate(LibC.SocketCloseOnExec);
        _wake = LibC.EventDescriptor(0, LibC.EventNonBlocking | LibC.EventCloseOnExec);
        if (_epoll < 0 || _wake < 0)
            throw new IOException($"epoll is not to be had: error {Marshal.GetLastPInvokeError()}");

        _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaxEvents * EventSize));
        _packet = (byte*)NativeMemory.AllocZeroed((nuint)(options.MaxPacketBytes + SrtpContext.MaxExpansion));
        _address = (byte*)NativeMemory.AllocZeroed(LibC.SocketAddressLength * 2);
        if (!Register(_wake, WakeMark))
            throw new IOException($"epoll refuses its own wake-up: error {Marshal.GetLastPInvokeError()}");
    }

    // Some turns in a pause: whatever else runs on the core, what came is looked at before the next would be due.
    protected override void Prepare() => LibC.Hasten(Options.Coalesce / 4, Options.ThreadNice);

    public override void Wake()
    {
        ulong one = 1;
        lock (_waking)
        {
            if (_isClosed)
                return;

            _ = LibC.Write(_wake, (byte*)&one, sizeof(ulong));
        }
    }

    protected override void ReceiveRound(int timeoutMilliseconds)
    {
        var waits = Clock.Now;
        var count = LibC.EpollWait(_epoll, _events, MaxEvents, timeoutMilliseconds);
        var now = Clock.Now;
        Load.Rest(now - waits);
        if (count <= 0)
            return;

        _round++;
        Counters.RoundsField++;
        var packets = 0;
        _hasMore = false;
        for (var from = 0; from < count; from += RoundTouch.Group)
        {
            var to = Math.Min(from + RoundTouch.Group, count);
            if (to - from > 1)
                Touch(from, to);
            for (var i = from; i < to; i++)
            {
                if (SocketOf(i) is { } socket)
                    packets += ReceiveFrom(socket);
                else if (EventOf(i) == WakeMark)
                    ClearWake();
            }
        }

        // A socket that gave all it may has more: its buffer would run over meanwhile.
        var ended = Clock.Now;
        var until = _pace.PauseUntil(now, ended, packets > 0);
        if (until == Moment.Zero || _hasMore)
            return;

        Sleep(Moment.Earlier(until, Sound.NextDeadline) - ended);
        Load.Rest(Clock.Now - ended);
    }

    private ulong EventOf(int index) => Unsafe.ReadUnaligned<ulong>(_events + (index * EventSize) + EventData);

    private void Touch(int from, int to)
    {
        var touched = 0L;
        var hasKeys = false;
        for (var step = 0; step < RoundTouch.Steps; step++)
        {
            for (var i = from; i < to; i++)
            {
                if (SocketOf(i) is { Component: { } component } socket)
                    touched ^= RoundTouch.Step(step, component) ^ socket.LastRound;
            }
        }

        for (var i = from; i < to && !hasKeys; i++)
            hasKeys = SocketOf(i) is { Component: { } component } && RoundTouch.HasKeys(component);

        for (var step = 0; hasKeys && step < RoundTouch.KeySteps; step++)
        {
            for (var i = from; i < to; i++)
            {
                if (SocketOf(i) is { Component: { } component })
                    touched ^= RoundTouch.KeyStep(step, component);
            }
        }

        _touched = touched;
    }

    private EpollSocket? SocketOf(int index) => EventOf(index) is var data && data < (ulong)_slots.Count ? _slots[(int)data] : null;

    public override bool Attach(MediaSocket socket)
    {
        var own = (EpollSocket)socket;
        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _slots.Count;
            _slots.Add(null);
        }

        _slots[slot] = own;
        own.Slot = slot;
        if (Register(own.Descriptor, (ulong)slot))
            return true;

        Release(own);
        return false;
    }

    public override void Detach(MediaSocket socket)
    {
        if (socket.Slot < 0)
            return;

        var own = (EpollSocket)socket;
        var unused = stackalloc byte[EventSize];
        _ = LibC.EpollControl(_epoll, LibC.EpollRemove, own.Descriptor, unused);
        Release(own);
    }

    public override void Send(MediaSocket socket, ReadOnlySpan<byte> packet, in NetAddress target)
    {
        var address = _address + LibC.SocketAddressLength;
        var length = SocketAddressCodec.Write(target, new Span<byte>(address, LibC.SocketAddressLength));
        fixed (byte* bytes = packet)
        {
            // One more try: an ICMP error of an earlier packet is reported on the next call, and that packet is not to blame.
            if (SendOnce(((EpollSocket)socket).Descriptor, bytes, packet.Length, address, length) < 0
                && Marshal.GetLastPInvokeError() != LibC.ErrorAgain
                && SendOnce(((EpollSocket)socket).Descriptor, bytes, packet.Length, address, length) < 0)
                Counters.SendErrorsField++;
        }
    }

    protected override void CloseWaiting()
    {
        lock (_waking)
        {
            _isClosed = true;
            _ = LibC.Close(_wake);
        }

        _ = LibC.Close(_epoll);
        NativeMemory.Free(_events);
        NativeMemory.Free(_packet);
        NativeMemory.Free(_address);
    }

    private static nint SendOnce(int descriptor, byte* bytes, int length, byte* address, uint addressLength) =>
        LibC.SendTo(descriptor, bytes, (nuint)length, LibC.MessageDontWait | LibC.MessageNoSignal, address, addressLength);

    private int ReceiveFrom(EpollSocket socket)
    {
        // One packet a round is what a phone sends; a socket that is ready twice running has more, and may be read up to the limit.
        // That saves most sockets the second call, which would only say that nothing is left.
        var limit = socket.LastRound == _round - 1 ? Options.MaxPacketsPerSocket : 1;
        socket.LastRound = _round;
        var count = 0;
        while (count < limit && socket.Slot >= 0)
        {
            uint length = LibC.SocketAddressLength;
            var received = LibC.ReceiveFrom(
                socket.Descriptor, _packet, (nuint)Options.MaxPacketBytes, LibC.MessageDontWait | LibC.MessageTruncated, _address, &length);
            if (received < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == LibC.ErrorAgain)
                    break;

                // ECONNREFUSED and its like speak of a packet sent earlier. They are taken off the queue by being read.
                count++;
                if (error != LibC.ErrorInterrupted)
                    Counters.ReceiveErrorsField++;
                continue;
            }

            count++;
            if (received > Options.MaxPacketBytes)
                Counters.OversizeField++;
            else
                Handle(socket, new Span<byte>(_packet, Options.MaxPacketBytes + SrtpContext.MaxExpansion), (int)received, SocketAddressCodec.Read(new ReadOnlySpan<byte>(_address, LibC.SocketAddressLength)), Clock.Now);
        }

        _hasMore |= limit > 1 && count == limit;
        return count;
    }

    private bool Register(int descriptor, ulong data)
    {
        var @event = stackalloc byte[EventSize];
        Unsafe.WriteUnaligned(@event, LibC.EpollIn);
        Unsafe.WriteUnaligned(@event + EventData, data);
        return LibC.EpollControl(_epoll, LibC.EpollAdd, descriptor, @event) == 0;
    }

    private void Release(EpollSocket socket)
    {
        _slots[socket.Slot] = null;
        _freeSlots.Push(socket.Slot);
        socket.Slot = -1;
    }

    private void ClearWake()
    {
        ulong count;
        _ = LibC.Read(_wake, (byte*)&count, sizeof(ulong));
    }

    private static void Sleep(TimeSpan duration)
    {
        if (duration < ShortestPause)
            return;

        var time = new LibC.TimeSpec { Seconds = 0, Nanoseconds = (nint)(duration.Ticks * 100) };
        _ = LibC.NanoSleep(&time, null);
    }
}
