using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Media.Mixing;

namespace Tandem.Testing.Media;

/// <summary>A supervisor's line without sound: who is at its ends.</summary>
public sealed class FakeMonitorLine : IMonitorLine
{
    /// <summary>Who hears it; null for nobody.</summary>
    public IMediaSession? Supervisor { get; private set; }

    /// <summary>What he hears; null for nothing.</summary>
    public IMediaSession? Conversation { get; private set; }

    /// <summary>Which side of the conversation is the agent.</summary>
    public CallSide Agent { get; private set; }

    public MonitorMode Mode { get; private set; }

    /// <summary>How often he was played anew.</summary>
    public int Renewals { get; private set; }

    public void Listen(IMediaSession supervisor, CallSide side) => Supervisor = supervisor;

    public void Leave() => Supervisor = null;

    public void Attach(IMediaSession conversation, CallSide agent, MonitorMode mode) => (Conversation, Agent, Mode) = (conversation, agent, mode);

    public void SetMode(MonitorMode mode) => Mode = mode;

    public void Renew(MonitorMode mode) => (Mode, Renewals) = (mode, Renewals + 1);

    public void Detach() => Conversation = null;
}
