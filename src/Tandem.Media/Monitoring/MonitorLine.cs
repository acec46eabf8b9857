using Tandem.Media.Audio;
using Tandem.Media.Mixing;

namespace Tandem.Media.Monitoring;

/// <summary>
/// Lets a supervisor hear a conversation of another session, and be heard by whom the mode says. Who is not to hear him keeps the sound that
/// he had, packet for packet: listening is a tap, which leaves a relayed direction relayed, and only a side that hears the supervisor gets
/// its sound made here, from when he may speak to it until he may not any more. Each half is called by the signalling thread of its
/// session; the two never wait for each other.
/// </summary>
public sealed class MonitorLine
{
    private readonly SoundPipe _heard = new();
    private readonly SoundPipe _toAgent = new() { IsOpen = false };
    private readonly SoundPipe _toOther = new() { IsOpen = false };

    // Of the supervisor's signalling thread.
    private SessionAudio? _supervisor;
    private MediaSide _at;
    private PlayId _hearing;
    private TapId _speaking;

    // Of the conversation's.
    private SessionAudio? _conversation;
    private MediaSide _agent;
    private TapId _tap;
    private PlayId? _agentHears;
    private PlayId? _otherHears;

    /// <summary>Samples that were lost on the way, of all directions: a loop was too slow.</summary>
    public long Lost => _heard.Lost + _toAgent.Lost + _toOther.Lost;

    /// <summary>The supervisor hears the line from now on. Again after something else was played to him. By the thread of his session.</summary>
    public void Listen(SessionAudio supervisor, MediaSide at)
    {
        Leave();
        (_supervisor, _at) = (supervisor, at);
        _hearing = supervisor.Play(at, new PipeSource(_heard), PlayMode.Mix);
        _speaking = supervisor.Tap(at, new SupervisorTap(_toAgent, _toOther), TapKind.Supervision);
    }

    /// <summary>The supervisor hears the line no more. By the thread of his session.</summary>
    public void Leave()
    {
        if (_supervisor is not { } supervisor)
            return;

        supervisor.StopPlay(_hearing);
        supervisor.Untap(_speaking);
        _supervisor = null;
    }

    /// <summary>Which side of the supervisor's session he is on.</summary>
    public MediaSide At => _at;

    /// <summary>Begins with a conversation; the one before must have been let go. By the thread of the conversation's session.</summary>
    public void Attach(SessionAudio conversation, MediaSide agent, MonitorMode mode)
    {
        Detach();
        (_conversation, _agent) = (conversation, agent);
        _heard.IsOpen = true;
        _tap = conversation.Tap(null, new ConversationTap(_heard), TapKind.Supervision);
        SetMode(mode);
    }

    /// <summary>Lets the supervisor be heard otherwise. By the thread of the conversation's session.</summary>
    public void SetMode(MonitorMode mode)
    {
        if (_conversation is null)
            return;

        Hear(_toAgent, _agent, mode is MonitorMode.Whisper or MonitorMode.Barge, ref _agentHears);
        Hear(_toOther, _agent == MediaSide.A ? MediaSide.B : MediaSide.A, mode is MonitorMode.Other or MonitorMode.Barge, ref _otherHears);
    }

    /// <summary>Plays the supervisor anew where he is to be heard: something else that was played there has ended him. By the same thread.</summary>
    public void Renew(MonitorMode mode)
    {
        SetMode(MonitorMode.Listen);
        SetMode(mode);
    }

    /// <summary>Lets go of the conversation: nothing of the supervisor is left in it. By the thread of the conversation's session.</summary>
    public void Detach()
    {
        if (_conversation is not { } conversation)
            return;

        SetMode(MonitorMode.Listen);
        conversation.Untap(_tap);
        _heard.IsOpen = false;
        _conversation = null;
    }

    private void Hear(SoundPipe pipe, MediaSide side, bool hears, ref PlayId? play)
    {
        if (hears == play is not null)
            return;

        pipe.IsOpen = hears;
        if (play is { } playing)
        {
            _conversation!.StopPlay(playing);
            play = null;
            return;
        }

        play = _conversation!.Play(side, new PipeSource(pipe), PlayMode.Mix);
    }
}
