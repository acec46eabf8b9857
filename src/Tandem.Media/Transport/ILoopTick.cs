using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Work that a loop does every 20 ms while there is any: the sound of its sessions and mixes.</summary>
internal interface ILoopTick
{
    /// <summary>True while there is something to do: without it the loop sleeps as long as it may.</summary>
    bool IsActive { get; }

    /// <summary>
    /// Does the work of one tick. Deadlines lie exactly 20 ms apart, however late the loop comes to them; a loop that comes very late
    /// makes up for a few ticks in a row.
    /// </summary>
    void Tick(Moment deadline);
}
