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
    private RecordingRule? _rule;
    private string _queue = "";

    /// <summary>Ids of the recordings that were begun, in order; null before the first.</summary>
    public IReadOnlyList<string>? Ids => _ids;

    private CallRecordingState State => call.Model.Snapshot.Recording;

    /// <summary>
    /// The call is answered and its sound negotiated: records it when a rule says so. False when that is decided later: both sides are to be told first, and one of them is not there yet.
    /// It never throws.
    /// </summary>
    public bool TryBegin()
    {
        try
        {
            var rule = RecordingDecision.Of(call, _queue);
            if (rule.Announcement.Length > 0 && !call.IsWhole && rule.Mode is RecordingMode.Always or RecordingMode.Percent)
                return false;

            _rule = rule;
            if (_recording is null && RecordingDecision.IsChosen(rule, call.Environment.Random))
                Announce(rule);
        }
        catch (Exception e)
        {
            Fault(e);
        }

        return true;
    }

    /// <summary>
    /// Who talked to the exchange talks to somebody else: the rule of those two holds from now on. What was recorded until then stays. It never throws.
    /// </summary>
    /// <param name="queue">The queue that brought them together; empty for none.</param>
    /// <param name="isDecided">A rule has decided already.</param>
    public void Connected(string queue, bool isDecided)
    {
        _queue = queue;
        try
        {
            if (!isDecided || call.IsOver)
                return;

            var rule = RecordingDecision.Of(call, queue);
            if (rule == _rule)
                return;

            _rule = rule;
            if (rule.Mode == RecordingMode.Never)
            {
                Do(RecordingAction.Stop);
            }
            else if (call.Model.Media is { Sound.CanRecord: true } && RecordingDecision.IsChosen(rule, call.Environment.Random))
            {
                // What runs was begun without telling anybody.
                if (rule.Announcement.Length > 0 && _consent is null)
                    Do(RecordingAction.Stop);
                if (_recording is null)
                    Announce(rule);
            }
        }
        catch (Exception e)
        {
            Fault(e);
        }
    }

    /// <summary>Does what somebody outside asks for.</summary>
    public RecordingReply Do(RecordingAction action)
    {
        switch (action, State)
        {
            case (RecordingAction.Start, CallRecordingState.None) when call.IsAnswered && call.Model.Media is { Sound.CanRecord: true }:
                var rule = RecordingDecision.Of(call, _queue);
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

    // Both are told first, where the rule says so. Empty when that is done or begun, else why not.
    private string Announce(RecordingRule rule)
    {
        if (rule.Announcement.Length == 0 || _consent is { HeardAt: not null } || call.Model.Media is not { } media)
            return Start();
        if (_consent is not null)
            return "";
        if (!call.IsWhole)
            return "both sides are to hear the announcement, and one of them is not there yet";

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

    // A recording is never worth a call.
    private void Fault(Exception e)
    {
        call.Environment.Counters.CountFault();
        call.Environment.Faulted?.Invoke(call.Model.Id, e);
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
