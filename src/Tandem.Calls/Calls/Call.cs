using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Calls;

/// <summary>
/// One call: identity, state, times and verdict. It lives on one shard, which alone changes it; <see cref="Snapshot"/> is
/// read from anywhere. Every change goes through <see cref="Enter"/>, which makes the snapshot and raises the event, so the
/// two can never disagree.
/// </summary>
internal sealed class Call
{
    private readonly IWallClock _wallClock;
    private readonly IEventSink? _events;
    private CallSnapshot _snapshot;

    /// <param name="birth">The first picture.</param>
    /// <param name="wallClock">Calendar time.</param>
    /// <param name="events">Hears of every change; null for a call that is only the far half of another one, on another shard.</param>
    public Call(CallSnapshot birth, IWallClock wallClock, IEventSink? events)
    {
        IsHidden = events is null;
        _snapshot = birth;
        _wallClock = wallClock;
        _events = events;
    }

    /// <summary>The far half of a call whose other half, on another shard, is what the world sees: no event, no record, no line in a list.</summary>
    public bool IsHidden { get; }

    public CallId Id => _snapshot.Id;

    public TenantId Tenant => _snapshot.Tenant;

    public CallState State => _snapshot.State;

    public bool IsAnswered => _snapshot.AnsweredAt is not null;

    /// <summary>The picture of now. Written by the shard, read by any thread.</summary>
    public CallSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>The relay of this call, once there was SDP.</summary>
    public IMediaSession? Media => _snapshot.Media;

    /// <summary>Announces the call to the world.</summary>
    public void Announce() => _events?.Publish(new CallCreated(_snapshot, _snapshot.InitiatedAt));

    /// <summary>Facts that change without a change of state: addresses, Call-IDs, media.</summary>
    public void Note(Func<CallSnapshot, CallSnapshot> change) => Volatile.Write(ref _snapshot, change(_snapshot));

    /// <summary>The first contact rings. Repeated calls change nothing.</summary>
    public void Ring(Moment now)
    {
        if (State != CallState.Initiated)
            return;

        var at = _wallClock.ToUtc(now);
        Enter(_snapshot with { State = CallState.Ringing, RingingAt = at });
        _events?.Publish(new CallRinging(_snapshot, at));
    }

    /// <summary>A contact answered, and the caller is told.</summary>
    public void Answer(Moment now)
    {
        if (State >= CallState.Established)
            return;

        var at = _wallClock.ToUtc(now);
        Enter(_snapshot with { State = CallState.Established, AnsweredAt = at });
        _events?.Publish(new CallAnswered(_snapshot, at));
    }

    /// <summary>Follows what the plan in force says about hold (RFC 3264 §8.4).</summary>
    public void Hold(CallSide by, bool holds, Moment now)
    {
        var before = by == CallSide.Caller ? _snapshot.HeldByCaller : _snapshot.HeldByCallee;
        if (before == holds)
            return;

        var at = _wallClock.ToUtc(now);
        Enter(by == CallSide.Caller ? _snapshot with { HeldByCaller = holds } : _snapshot with { HeldByCallee = holds });
        _events?.Publish(holds ? new CallHeld(_snapshot, by, at) : new CallResumed(_snapshot, by, at));
    }

    /// <summary>The recording of the call began, changed or ended.</summary>
    public void Record(CallRecordingState state, Moment now)
    {
        Enter(_snapshot with { Recording = state });
        _events?.Publish(new CallRecordingChanged(_snapshot, _wallClock.ToUtc(now)));
    }

    /// <summary>The call is not recorded, or no longer, against somebody's will.</summary>
    public void RefuseRecording(string problem, Moment now) => _events?.Publish(new CallRecordingFailed(_snapshot, problem, _wallClock.ToUtc(now)));

    /// <summary>A side pressed a key.</summary>
    public void Digit(CallSide by, char digit, int milliseconds, bool isSecret, bool isTold, Moment now) =>
        _events?.Publish(new CallDigit(_snapshot, by, digit, milliseconds, _wallClock.ToUtc(now)) { IsSecret = isSecret, IsTold = isTold });

    /// <summary>Something happened that changes nothing of the call's picture; the world hears of it.</summary>
    public void Tell(Func<CallSnapshot, DateTimeOffset, CallEvent> happened, Moment now) => _events?.Publish(happened(_snapshot, _wallClock.ToUtc(now)));

    /// <summary>A party of this call has gone to another one.</summary>
    public void TransferTo(CallId to, CallSide by, Moment now)
    {
        Enter(_snapshot with { TransferredTo = to });
        _events?.Publish(new CallTransferred(_snapshot, to, by, _wallClock.ToUtc(now)));
    }

    /// <summary>The end has begun: nothing that happens now changes the verdict.</summary>
    public void Terminate(Moment now)
    {
        if (State < CallState.Terminating)
            Enter(_snapshot with { State = CallState.Terminating, EndedAt = _wallClock.ToUtc(now) });
    }

    /// <summary>The call is over: one record, one event. The media session must still be open, its counters are read here.</summary>
    public void End(Verdict verdict, Moment now, CallExtras? extras = null)
    {
        if (State == CallState.Terminated)
            return;

        Terminate(now);
        var at = _snapshot.EndedAt ?? _wallClock.ToUtc(now);
        var media = _snapshot.Media;
        var fromCaller = media?.From(CallSide.Caller) ?? DirectionStatistics.None;
        var fromCallee = media?.From(CallSide.Callee) ?? DirectionStatistics.None;
        Enter(_snapshot with { State = CallState.Terminated, Verdict = verdict, Media = null });
        media?.Close();
        _events?.Publish(new CallEnded(_snapshot, Record(_snapshot, verdict, at, fromCaller, fromCallee, extras), at));
    }

    private static CallDetailRecord Record(
        CallSnapshot call, Verdict verdict, DateTimeOffset endedAt, DirectionStatistics fromCaller, DirectionStatistics fromCallee, CallExtras? extras) => new()
        {
            Id = call.Id,
            Tenant = call.Tenant,
            TraceId = call.TraceId,
            CallerNumber = call.CallerNumber,
            CalleeNumber = call.CalleeNumber,
            CallerAddress = call.CallerAddress,
            CalleeAddress = call.CalleeAddress,
            CallerSipCallId = call.CallerSipCallId,
            CalleeSipCallId = call.CalleeSipCallId,
            InitiatedAt = call.InitiatedAt,
            RingingAt = call.RingingAt,
            AnsweredAt = call.AnsweredAt,
            EndedAt = endedAt,
            Direction = call.Direction,
            ProfileId = call.ProfileId,
            TransferredBy = call.TransferredBy,
            TransferredFrom = call.TransferredFrom,
            TransferredTo = call.TransferredTo,
            Verdict = verdict,
            FromCaller = fromCaller,
            FromCallee = fromCallee,
            Extras = extras,
        };

    /// <summary>The one setter.</summary>
    private void Enter(CallSnapshot next)
    {
        if (next.State < _snapshot.State)
            throw new InvalidOperationException($"a call cannot go from {_snapshot.State} back to {next.State}");

        Volatile.Write(ref _snapshot, next);
    }
}
