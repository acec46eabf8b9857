using Tandem.Calls.Calls.Commands;
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
    private CallId? _named; // somebody asked for this very call: who was called in it is the agent, whoever answered
    private int _look; // the last look decides: what an earlier one finds out is nobody's affair
    private bool _isThere;
    private bool _isWaiting;
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
    public ValueTask<bool> BeginAsync(CallId? call)
    {
        _named = call;
        Environment.Monitors.Add(this);
        return LookAsync(call);
    }

    public void SetMode(MonitorMode mode) => Press(mode switch { MonitorMode.Listen => '0', MonitorMode.Whisper => '1', MonitorMode.Other => '2', _ => '3' });

    public void TakeOver() => Press('#');

    public void End() => Press('*');

    public void MoveTo(string agent, CallId? call) => Environment.PostToShard(() =>
    {
        if (_isOver)
            return;

        Detach();
        _named = call;
        _isWaiting = false;
        _snapshot = _snapshot with { Agent = agent };
        Search(call);
    });

    public void Talks() => Environment.PostToShard(Meet);

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

    /// <summary>Whom the agent talks to, and the dialog of the agent; null when he talks to nobody whom one could take over.</summary>
    public async ValueTask<BridgeTarget?> PlaceAsync()
    {
        if (_target is not { } target)
            return null;

        var (agent, isNamed, home) = (_snapshot.Agent, IsNamed(target), Environment);
        var place = new Signal<BridgeTarget?>();
        target.Environment.PostToShard(() =>
        {
            var found = SideOf(target, agent, isNamed) is { } side ? BridgeTarget.Of(target, side == CallSide.Caller ? CallSide.Callee : CallSide.Caller) : null;
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
        (_line, _target, _isThere) = (null, null, false);
        _snapshot = _snapshot with { Call = null };
    }

    /// <summary>He is at the agent's call again, where that has not ended.</summary>
    public ValueTask<bool> ReturnAsync(CallId call) => LookAsync(call);

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

    // Whatever he finds, or that he does not.
    private void Search(CallId? wanted = null) => _person.Call.Start(async () =>
    {
        if (!await LookAsync(wanted) && !_isOver)
            _person.Call.HangUp(EndReason.Completed);
    });

    // False when the agent talks to nobody, and he does not wait.
    private async ValueTask<bool> LookAsync(CallId? wanted = null)
    {
        var look = ++_look;
        foreach (var call in Candidates(wanted))
        {
            if (await AttachAsync(call) || look != _look || _isOver)
                return true;
        }

        if (!_snapshot.Follows)
            return false;

        if (!_isWaiting)
            Tell(MonitorEventKind.Waiting);
        _isWaiting = true;
        return true;
    }

    // Those on hold come last, and the newest of each first. Whether the agent talks in them is seen on their shards only.
    private List<LiveCall> Candidates(CallId? wanted)
    {
        var found = new List<(LiveCall Call, CallSnapshot Seen)>();
        foreach (var call in Environment.Calls.Of(_snapshot.Tenant, _snapshot.Agent, Environment.Monitors.Options.MaxCallsLookedAt))
        {
            var seen = call.Model.Snapshot;
            if ((wanted is null || seen.Id == wanted) && IsTarget(call, seen))
                found.Add((call, seen));
        }

        return [.. found.OrderBy(one => one.Seen.HeldByCaller || one.Seen.HeldByCallee).ThenByDescending(one => one.Seen.AnsweredAt).Select(one => one.Call)];
    }

    // Supervisors are not monitored: two who listen to each other would go in a circle.
    private bool IsTarget(LiveCall call, CallSnapshot seen) =>
        call != _person.Call && seen.State == CallState.Established && !call.Model.IsHidden && !Environment.Monitors.IsMonitor(seen.Id);

    private bool IsNamed(LiveCall call) => call.Model.Id == _named;

    // Where the agent talks; null when another one does, or nobody yet. On the call's shard.
    private static CallSide? SideOf(LiveCall call, string agent, bool isNamed)
    {
        if (call.IsOver || !call.IsAnswered)
            return null;
        if (call.Model.Snapshot.CallerNumber == agent)
            return CallSide.Caller;

        return isNamed || call.Answerer == agent ? CallSide.Callee : null;
    }

    // False when the agent does not talk there. True when he is attached, or something else has come between.
    private async ValueTask<bool> AttachAsync(LiveCall call)
    {
        // Another call of the agent may have come while he tried to take this one over: one line at a time, nothing stays behind.
        Detach();
        var line = Environment.Media.OpenMonitor();
        (_line, _target) = (line, call);
        _snapshot = _snapshot with { Call = call.Model.Id };
        Listen();
        var (agent, isNamed, mode, tells, home) = (_snapshot.Agent, IsNamed(call), _snapshot.Mode, _rules.TellsAgent, Environment);
        var attached = new Signal<bool>();
        call.Environment.PostToShard(() =>
        {
            var isThere = false;
            if (SideOf(call, agent, isNamed) is { } side && call.Model.Media is { } media)
            {
                if (tells)
                    media.Sound.Play(side, Prompt.Beep, "", isLoop: false);
                line.Attach(media, side, mode);
                isThere = true;
            }

            home.PostToShard(() => attached.TrySet(isThere));
        });
        var isAttached = await attached.WaitAsync();
        if (_line != line)
            return true;

        if (!isAttached)
        {
            Detach();
            return false;
        }

        (_isThere, _isWaiting) = (true, false);
        Tell(MonitorEventKind.Started);
        return true;
    }

    // A look that is under way may have come too early.
    private void Meet()
    {
        if (!_isOver && !_person.IsGone && !_isThere && _snapshot.Follows)
            Search();
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
                Search();
                break;
            case CallAnswered:
                Meet();
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
