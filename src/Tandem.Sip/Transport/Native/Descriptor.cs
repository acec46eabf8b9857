using System.Runtime.InteropServices;

namespace Tandem.Sip.Transport.Native;

/// <summary>
/// A file descriptor that is not closed while a thread is in a system call with it, and not used after that: the number may belong
/// to somebody else's connection by then.
/// </summary>
internal sealed class Descriptor : SafeHandle
{
    /// <param name="number">From the system; negative for none.</param>
    public Descriptor(int number)
        : base(-1, ownsHandle: true) => SetHandle(number);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The number; good only while the owner knows that it is open.</summary>
    public int Number => (int)handle;

    /// <summary>Holds it open; false when it was closed.</summary>
    public bool TryHold()
    {
        var isHeld = false;
        try
        {
            DangerousAddRef(ref isHeld);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Ends a successful <see cref="TryHold"/>.</summary>
    public void LetGo() => DangerousRelease();

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
