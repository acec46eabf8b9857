using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Media.Recording;

namespace Tandem.Calls.Calls;

/// <summary>
/// The recording of a call: left the caller, right the callee, or what the caller hears when the exchange is the other party. It belongs to
/// the media session and ends with it, however the call ends; a call that a transfer makes is another call, recorded when one of its own
/// numbers is. On the call's shard.
/// </summary>
internal sealed class CallRecording(LiveCall call)
{
    private IMediaRecording? _recording;
    private List<string>? _ids;
    private CallRecordingKeys? _keys;
    private CallConsent? _consent;
    private (string Queue, string Agent)? _served;

    /// <summary>Ids of the recordings that were begun, in order; null before the first.</summary>
    public IReadOnlyList<string>? Ids => _ids;

    private CallRecordingState State => call.Model.Snapshot.Recording;

    /// <summary>The call is answered and its sound negotiated: records it when one of its numbers is recorded. It never throws.</summary>
    public void Begin()
    {
        try
        {
            var rule = RecordingDecision.Of(call.Environment, call.Model.Snapshot);
            if (_recording is null && RecordingDecision.IsChosen(rule, call.Environment.Random))
                Announce(rule);
        }
        catch (Exception e)
        {
            // A recording is never worth a call.
            call.Environment.Counters.CountFault();
            call.Environment.Faulted?.Invoke(call.Model.Id, e);
        }
    }

    /// <summary>A caller of a queue talks to an agent: their rules decide from now on. What was recorded while he waited stays. It never throws.</summary>
    public void Serve(string queue, string agent)
    {
        _served = (queue, agent);
        try
        {
            if (call.IsOver || RecordingDecision.OfQueue(call.Environment, call.Model.Snapshot, queue, agent) is not { } rule)
                return;
            if (rule.Mode == RecordingMode.Never)
                Do(RecordingAction.Stop);
            else if (_recording is null && call.Model.Media is { Sound.CanRecord: true } && RecordingDecision.IsChosen(rule, call.Environment.Random))
                Announce(rule);
        }
        catch (Exception e)
        {
            call.Environment.Counters.CountFault();
            call.Environment.Faulted?.Invoke(call.Model.Id, e);
        }
    }

    /// <summary>Does what somebody outside asks for.</summary>
    public RecordingReply Do(RecordingAction action)
    {
        switch (action, State)
        {
            case (RecordingAction.Start, CallRecordingState.None) when call.IsAnswered && call.Model.Media is { Sound.CanRecord: true }:
                var rule = (_served is var (queue, agent) ? RecordingDecision.OfQueue(call.Environment, call.Model.Snapshot, queue, agent) : null)
                    ?? RecordingDecision.Of(call.Environment, call.Model.Snapshot);
                var problem = rule.Mode == RecordingMode.Never ? "a rule forbids it" : Announce(rule);
                return new RecordingReply(State, problem.Length == 0, problem);
            case (RecordingAction.Stop, not CallRecordingState.None):
                _recording!.Stop();
                _recording = null;
                return Done(CallRecordingState.None);
            case (RecordingAction.Pause, CallRecordingState.Recording):
                _recording!.IsPaused = true;
                return Done(CallRecordingState.Paused);
            case (RecordingAction.Resume, CallRecordingState.Paused):
                _recording!.IsPaused = false;
                return Done(CallRecordingState.Recording);
            case (RecordingAction.Mask, CallRecordingState.Recording):
                _recording!.IsMasked = true;
                return Done(CallRecordingState.Masked);
            case (RecordingAction.Unmask, CallRecordingState.Masked):
                _recording!.IsMasked = false;
                return Done(CallRecordingState.Recording);
            default:
                return new RecordingReply(State, false);
        }
    }

    /// <summary>A key of a side, for codes.</summary>
    public void Press(CallSide side, char key)
    {
        if (_keys is not null || CallRecordingKeys.MayBegin(call, key))
            (_keys ??= new CallRecordingKeys(call)).Press(side, key);
    }

    /// <summary>Something that was played is over: its number, below zero when it could not be played.</summary>
    public void SoundEnded(int play)
    {
        if (_consent is not { HeardAt: null } consent || Math.Abs(play) != consent.Play)
            return;

        if (play < 0)
        {
            _consent = null;
            call.Model.RefuseRecording("The announcement could not be played", call.Now);
            return;
        }

        consent.HeardAt = call.Environment.WallClock.ToUtc(call.Now);
        if (_recording is null)
            Start();
    }

    // Both are told first, where the rule says so. Where the exchange is the other party its own words are heard instead.
    private string Announce(RecordingRule rule)
    {
        if (rule.Announcement.Length == 0 || _consent is { HeardAt: not null } || !call.IsWhole || call.Model.Media is not { } media)
            return Start();
        if (_consent is not null)
            return "";

        var prompt = Prompt.Sounds(rule.Announcement);
        media.Sound.Play(CallSide.Callee, prompt, "", isLoop: false);

        // A sound may be over before the number of its playing is known here, but its end is a signal, which comes after.
        _consent = new CallConsent(media.Sound.Play(CallSide.Caller, prompt, "", isLoop: false));
        return "";
    }

    // Empty when it began, else why not.
    private string Start()
    {
        var snapshot = call.Model.Snapshot;
        var order = new RecordingOrder(snapshot.Tenant, snapshot.Id, snapshot.CallerNumber, snapshot.CalleeNumber, RecordingChannels.Stereo, ConsentAt: _consent?.HeardAt);
        _recording = snapshot.Media!.Sound.Record(order, NewsOf(call.Environment, snapshot.Id), out var problem);
        if (_recording is null)
        {
            call.Model.RefuseRecording(problem, call.Now);
            return problem;
        }

        (_ids ??= []).Add(_recording.Id);
        call.Model.Record(CallRecordingState.Recording, call.Now);
        return "";
    }

    private RecordingReply Done(CallRecordingState state)
    {
        call.Model.Record(state, call.Now);
        return new RecordingReply(state, true);
    }

    // The recording outlives the call, so it knows the call by its id only.
    private static Action<string, string> NewsOf(CallEnvironment environment, CallId id) => (recording, reason) =>
        environment.PostToShard(() => environment.Calls.Find(id)?.Recording.Over(recording, reason));

    // It ended by itself: a full disk, its longest duration. The call goes on.
    private void Over(string recording, string reason)
    {
        if (call.IsOver || _recording?.Id != recording)
            return;

        _recording = null;
        call.Model.RefuseRecording(reason, call.Now);
        call.Model.Record(CallRecordingState.None, call.Now);
    }
}
