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

    /// <summary>Ids of the recordings that were begun, in order; null before the first.</summary>
    public IReadOnlyList<string>? Ids => _ids;

    private CallRecordingState State => call.Model.Snapshot.Recording;

    /// <summary>The call is answered and its sound negotiated: records it when one of its numbers is recorded. It never throws.</summary>
    public void Begin()
    {
        try
        {
            var snapshot = call.Model.Snapshot;
            var isRecorded = call.Environment.IsRecorded;
            if (_recording is null && (isRecorded(snapshot.Tenant, snapshot.CallerNumber) || isRecorded(snapshot.Tenant, snapshot.CalleeNumber)))
                Start();
        }
        catch (Exception e)
        {
            // A recording is never worth a call.
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
                var problem = Start();
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

    // Empty when it began, else why not.
    private string Start()
    {
        var snapshot = call.Model.Snapshot;
        var order = new RecordingOrder(snapshot.Tenant, snapshot.Id, snapshot.CallerNumber, snapshot.CalleeNumber, RecordingChannels.Stereo);
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
