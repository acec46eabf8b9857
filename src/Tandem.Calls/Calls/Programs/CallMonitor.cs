using Tandem.Calls.Events;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Ports;
using Tandem.Core.Loops;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Calls.Programs;

/// <summary>
/// A supervisor and the conversation that he is at. Owned by the shard of his call; what it wants of the conversation it posts to the shard
/// of that. Each conversation has a line of its own, so that the end of one and the beginning of the next need no order between two shards.
/// </summary>
internal sealed class CallMonitor : IMonitor
{
    private readonly ServedCall _person;
    private readonly MonitorRules _rules;
    private volatile MonitorSnapshot _snapshot;
    private LiveCall? _target;
    private IMonitorLine? _line;
    private bool _isOver;

    public CallMonitor(ServedCall person, MonitorSnapshot begin, MonitorRules rules)
    {
        _person = person;
        _rules = rules;
        _snapshot = begin with { Call = null };
    }

    public MonitorSnapshot Snapshot => _snapshot;

    private CallEnvironment Environment => _person.Call.Environment;

    /// <summary>He begins with a call, or with the agent's newest one. False when there is none and he does not wait.</summary>
    public bool Begin(CallId? call)
    {
        Environment.Monitors.Add(this);
        return Look(call);
    }

    public void SetMode(MonitorMode mode) => Press(mode switch { MonitorMode.Listen => '0', MonitorMode.Whisper => '1', MonitorMode.Other => '2', _ => '3' });

    public void TakeOver() => Press('#');

    public void End() => Press('*');

    public void MoveTo(string agent, CallId? call) => Environment.PostToShard(() =>
    {
        if (_isOver)
            return;

        Detach();
        _snapshot = _snapshot with { Agent = agent };
        if (!Look(call))
            _person.Call.HangUp(EndReason.Completed);
    });

    public void Heard(CallEvent happened) => Environment.PostToShard(() => Take(happened));

    /// <summary>Hears the line again, after something else was played to him.</summary>
    public void Listen()
    {
        if (_line is { } line && _person.Call.Model.Media is { } session)
            line.Listen(session, _person.Side);
    }

    /// <summary>Takes part otherwise from now on.</summary>
    public void Change(MonitorMode mode)
    {
        if (mode == _snapshot.Mode)
            return;

        _snapshot = _snapshot with { Mode = mode };
        if (_line is { } line)
            _target!.Environment.PostToShard(() => line.SetMode(mode));
        Tell(MonitorEventKind.ModeChanged);
    }

    /// <summary>The place of the agent in the conversation; null when he talks to nobody whom one could take over.</summary>
    public async ValueTask<MonitorPlace?> PlaceAsync()
    {
        if (_target is not { } target)
            return null;

        var agent = SideOf(target);
        var place = new Signal<MonitorPlace?>();
        var home = Environment;
        target.Environment.PostToShard(() =>
        {
            var found = MonitorPlace.Of(target, agent);
            home.PostToShard(() => place.TrySet(found));
        });
        return await place.WaitAsync();
    }

    /// <summary>He lets go of the conversation: nothing of him is left in it.</summary>
    public void Detach()
    {
        if (_line is not { } line || _target is not { } target)
            return;

        line.Leave();
        target.Environment.PostToShard(line.Detach);
        (_line, _target) = (null, null);
        _snapshot = _snapshot with { Call = null };
    }

    /// <summary>He is at the agent's call again, where that has not ended.</summary>
    public bool Return(CallId call) => Look(call);

    /// <summary>He has left, or taken over; told once.</summary>
    public void Close(MonitorEventKind kind, string text = "")
    {
        if (_isOver)
            return;

        _isOver = true;
        Tell(kind, text);
        Detach();
        Environment.Monitors.Remove(_snapshot.Id);
    }

    private bool Look(CallId? wanted = null)
    {
        foreach (var call in Environment.Calls.Of(_snapshot.Tenant, _snapshot.Agent, Environment.Monitors.Options.MaxCallsLookedAt))
        {
            if ((wanted is null || call.Model.Id == wanted) && IsTarget(call))
            {
                Attach(call);
                return true;
            }
        }

        if (!_snapshot.Follows)
            return false;

        Tell(MonitorEventKind.Waiting);
        return true;
    }

    // Supervisors are not monitored: two who listen to each other would go in a circle.
    private bool IsTarget(LiveCall call) =>
        call != _person.Call && call.Model.Snapshot is { State: CallState.Established } && !call.Model.IsHidden && !Environment.Monitors.IsMonitor(call.Model.Id);

    private CallSide SideOf(LiveCall call) => call.Model.Snapshot.CallerNumber == _snapshot.Agent ? CallSide.Caller : CallSide.Callee;

    private void Attach(LiveCall call)
    {
        // Another call of the agent may have come while he tried to take this one over: one line at a time, nothing stays behind.
        Detach();
        var line = Environment.Media.OpenMonitor();
        (_line, _target) = (line, call);
        _snapshot = _snapshot with { Call = call.Model.Id };
        Listen();
        var (side, mode, tells) = (SideOf(call), _snapshot.Mode, _rules.TellsAgent);
        call.Environment.PostToShard(() =>
        {
            // A call that is over has told its end, and that is what lets go of it.
            if (call.IsOver || call.Model.Media is not { } media)
                return;

            if (tells)
                media.Sound.Play(side, Prompt.Beep, "", isLoop: false);
            line.Attach(media, side, mode);
        });
        Tell(MonitorEventKind.Started);
    }

    private void Take(CallEvent happened)
    {
        if (_isOver || _person.IsGone)
            return;

        var isMine = _target is { } target && target.Model.Id == happened.Call.Id;
        switch (happened)
        {
            case CallEnded when isMine:
                Detach();
                if (!Look())
                    _person.Call.HangUp(EndReason.Completed);
                break;
            case CallAnswered when _target is null:
                Look();
                break;
            case CallHeld or CallResumed when isMine:
                // Music took the place of what was played there.
                var (line, mode) = (_line!, _snapshot.Mode);
                _target!.Environment.PostToShard(() => line.Renew(mode));
                break;
            default:
                break;
        }
    }

    // As if he had pressed it: one line of code decides what keys do.
    private void Press(char key) => Environment.PostToShard(() =>
    {
        if (!_isOver)
            _person.Call.Post(new CallSignal(CallSignalKind.Key, Status: key, Side: _person.Side));
    });

    private void Tell(MonitorEventKind kind, string text = "") => Environment.Events.Publish(new MonitorEvent(
        _snapshot.Tenant, kind, _snapshot.Supervisor, _snapshot.Id, _snapshot.Agent, _snapshot.Call, _snapshot.Mode, text, Environment.WallClock.ToUtc(Environment.Now)));
}
