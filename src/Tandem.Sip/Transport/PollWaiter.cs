using System.ComponentModel;
using System.Runtime.InteropServices;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Transport;

/// <summary>Waits with poll on an eventfd and on the sockets of the loop: one system call to sleep, one to wake.</summary>
internal sealed unsafe class PollWaiter : LoopWaiter
{
    private readonly int _event;
    private bool _closed;

    public PollWaiter()
    {
        _event = Libc.EventFd(0, Libc.EventFdNonBlockCloseOnExec);
        if (_event < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd failed");
    }

    public override bool WatchesDescriptors => true;

    public override uint Wait(int milliseconds, ReadOnlySpan<int> descriptors)
    {
        var entries = stackalloc Libc.PollEntry[MaxDescriptors + 1];
        entries[0] = new Libc.PollEntry { Descriptor = _event, Events = Libc.PollIn };
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
            _ = Libc.Read(_event, (byte*)&wakes, sizeof(ulong));
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
        ulong one = 1;
        _ = Libc.Write(_event, (byte*)&one, sizeof(ulong));
    }

    public override void Dispose()
    {
        if (_closed)
            return;

        _closed = true;
        _ = Libc.Close(_event);
    }
}
