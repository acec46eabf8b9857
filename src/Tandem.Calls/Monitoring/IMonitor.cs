using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Monitoring;

/// <summary>A supervisor at work. Every member may be called on any thread and returns at once; what comes of it is an event.</summary>
public interface IMonitor
{
    /// <summary>How he is now.</summary>
    MonitorSnapshot Snapshot { get; }

    /// <summary>Lets him take part otherwise.</summary>
    void SetMode(MonitorMode mode);

    /// <summary>Brings him to another call, or with null to that of the agent which is the newest.</summary>
    void MoveTo(string agent, CallId? call);

    /// <summary>He takes the call over: the agent is out of it.</summary>
    void TakeOver();

    /// <summary>He leaves.</summary>
    void End();

    /// <summary>The agent's phone has taken a call that was answered before: by a queue or a menu.</summary>
    void Talks();

    /// <summary>Something happened to a call of the agent.</summary>
    void Heard(CallEvent happened);
}
