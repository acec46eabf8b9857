using System.ComponentModel;
using System.Runtime.InteropServices;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Transport;

/// <summary>Waits with poll on an eventfd and on the sockets of the loop: one system call to sleep, one to wake.</summary>
internal sealed unsafe class PollWaiter : LoopWaiter
{
    private const int MaxDescriptors = 15;

    private readonly int _event;
    private bool _closed;

    public PollWaiter()
    {
        _event = Libc.EventFd(0, Libc.EventFdNonBlockCloseOnExec);
        if (_event < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd failed");
    }

    public override bool WatchesDescriptors => true;

    public override void Wait(int milliseconds, ReadOnlySpan<int> descriptors)
    {
        var entries = stackalloc Libc.PollEntry[MaxDescriptors + 1];
        entries[0] = new Libc.PollEntry { Descriptor = _event, Events = Libc.PollIn };
        var count = 1;
        foreach (var descriptor in descriptors[..Math.Min(MaxDescriptors, descriptors.Length)])
            entries[count++] = new Libc.PollEntry { Descriptor = descriptor, Events = Libc.PollIn };

        // An interrupted or failed poll is an early wake-up: the loop looks around and comes back.
        if (Libc.Poll(entries, (nuint)count, milliseconds) <= 0 || entries[0].Returned == 0)
            return;

        ulong wakes;
        _ = Libc.Read(_event, (byte*)&wakes, sizeof(ulong));
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
