namespace Tandem.Calls.Calls;

/// <summary>
/// Keys with which a phone of the tenant steers the recording of its call: one code begins and ends it, one pauses it while a card number is
/// said or typed. Not from outside. On the call's shard.
/// </summary>
internal sealed class CallRecordingKeys(LiveCall call)
{
    // Longer ago, and it was no code.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private string _typed = "";
    private CallSide _by;
    private Core.Time.Moment _at;

    /// <summary>True for a key that may be the first of a code.</summary>
    public static bool MayBegin(LiveCall call, char key)
    {
        var codes = call.Environment.Routing.Codes;
        return (codes.RecordCall.Length > 0 && codes.RecordCall[0] == key) || (codes.PauseRecording.Length > 0 && codes.PauseRecording[0] == key);
    }

    /// <summary>A side pressed a key.</summary>
    public void Press(CallSide side, char key)
    {
        if (side != _by || call.Now - _at > Patience)
            _typed = "";
        (_by, _at) = (side, call.Now);
        _typed += key;
        var codes = call.Environment.Routing.Codes;
        if (_typed == codes.RecordCall)
            call.Recording.Do(call.Model.Snapshot.Recording == CallRecordingState.None ? RecordingAction.Start : RecordingAction.Stop);
        else if (_typed == codes.PauseRecording)
            call.Recording.Do(call.Model.Snapshot.Recording == CallRecordingState.Paused ? RecordingAction.Resume : RecordingAction.Pause);
        else if (codes.RecordCall.StartsWith(_typed, StringComparison.Ordinal) || codes.PauseRecording.StartsWith(_typed, StringComparison.Ordinal))
            return;

        _typed = MayBegin(call, key) && _typed.Length > 1 && _typed != codes.RecordCall && _typed != codes.PauseRecording ? key.ToString() : "";
    }
}
