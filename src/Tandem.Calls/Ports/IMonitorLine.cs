using Tandem.Calls.Calls;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Ports;

/// <summary>
/// Lets a supervisor hear a conversation of another session and be heard as the mode says. Two halves: one is called by the shard of the
/// supervisor's session, the other by that of the conversation.
/// </summary>
public interface IMonitorLine
{
    /// <summary>The supervisor hears the line; again after something else was played to him. On the shard of his session.</summary>
    void Listen(IMediaSession supervisor, CallSide side);

    /// <summary>The supervisor hears it no more. On the shard of his session.</summary>
    void Leave();

    /// <summary>Begins with a conversation, in which <paramref name="agent"/> is the one to be whispered to. On the conversation's shard.</summary>
    void Attach(IMediaSession conversation, CallSide agent, MonitorMode mode);

    /// <summary>Lets him be heard otherwise. On the conversation's shard.</summary>
    void SetMode(MonitorMode mode);

    /// <summary>Plays him anew where he is to be heard, since something else was played there. On the conversation's shard.</summary>
    void Renew(MonitorMode mode);

    /// <summary>Lets go of the conversation. On its shard.</summary>
    void Detach();
}
