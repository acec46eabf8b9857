using System.ComponentModel;
using System.Runtime.InteropServices;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Transport;

/// <summary>Waits with poll on an eventfd and on the sockets of the loop: one system call to sleep, one to wake.</summary>
internal sealed unsafe class PollWaiter : LoopWaiter
{
    private readonly Descriptor _event;

    public PollWaiter()
    {
        _event = new Descriptor(Libc.EventFd(0, Libc.EventFdNonBlockCloseOnExec));
        if (_event.IsInvalid)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd failed");
    }

    public override bool WatchesDescriptors => true;

    public override uint Wait(int milliseconds, ReadOnlySpan<int> descriptors)
    {
        var entries = stackalloc Libc.PollEntry[MaxDescriptors + 1];
        entries[0] = new Libc.PollEntry { Descriptor = _event.Number, Events = Libc.PollIn };
        var count = 1;
        foreach (var descriptor in descriptors[..Math.Min(MaxDescriptors, descriptors.Length)])
            entries[count++] = new Libc.PollEntry { Descriptor = descriptor, Events = Libc.PollIn };

        // An interrupted or failed poll is an early wake-up: the loop looks around and comes back.
        var ready = Libc.Poll(entries, (nuint)count, milliseconds);
        if (ready == 0)
            return 0;
        if (ready < 0)
            return All;

        if (entries[0].Returned != 0)
        {
            ulong wakes;
            _ = Libc.Read(_event.Number, (byte*)&wakes, sizeof(ulong));
        }

        var readable = 0u;
        for (var i = 1; i < count; i++)
        {
            if (entries[i].Returned != 0)
                readable |= 1u << (i - 1);
        }

        return readable;
    }

    public override void Wake()
    {
        // Whoever posts may come when the loop is gone: its descriptor could be a connection of somebody else.
        if (!_event.TryHold())
            return;

        ulong one = 1;
        _ = Libc.Write(_event.Number, (byte*)&one, sizeof(ulong));
        _event.LetGo();
    }

    public override void Dispose() => _event.Dispose();
}
