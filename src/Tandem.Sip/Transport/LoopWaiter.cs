namespace Tandem.Sip.Transport;

/// <summary>How a loop sleeps until something wakes it. One thread waits, any thread wakes.</summary>
internal abstract class LoopWaiter : IDisposable
{
    /// <summary>The waiter for this system.</summary>
    public static LoopWaiter Create() => OperatingSystem.IsLinux() ? new PollWaiter() : new MonitorWaiter();

    /// <summary>Most descriptors that can be watched.</summary>
    public const int MaxDescriptors = 31;

    /// <summary>Every descriptor.</summary>
    public const uint All = uint.MaxValue;

    /// <summary>True when <see cref="Wait"/> also returns for readable descriptors.</summary>
    public abstract bool WatchesDescriptors { get; }

    /// <summary>Returns after <see cref="Wake"/> (also one that came before), when a descriptor is readable, or after the time.</summary>
    /// <param name="milliseconds">The longest wait; negative for no limit.</param>
    /// <param name="descriptors">Descriptors to watch, at most <see cref="MaxDescriptors"/>.</param>
    /// <returns>A bit for each descriptor that is readable.</returns>
    public abstract uint Wait(int milliseconds, ReadOnlySpan<int> descriptors);

    /// <summary>Ends the present or the next <see cref="Wait"/>.</summary>
    public abstract void Wake();

    public abstract void Dispose();
}
