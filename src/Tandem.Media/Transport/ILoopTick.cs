using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Work that a loop does every 20 ms while there is any: the sound of its sessions and mixes.</summary>
internal interface ILoopTick
{
    /// <summary>When <see cref="Tick"/> is to be called: an absolute deadline, or never while there is nothing to do.</summary>
    Moment NextDeadline { get; }

    /// <summary>Does what is due. It is called at the deadline or a little later, between two packets.</summary>
    void Tick(Moment now);
}
