namespace Tandem.Calls.Calls;

/// <summary>What became of a <see cref="RecordingAction"/>.</summary>
/// <param name="State">The state of the recording now.</param>
/// <param name="IsDone">False when the action did not fit the state, or was refused: nothing changed then.</param>
/// <param name="Problem">Why a beginning was refused; empty otherwise.</param>
public readonly record struct RecordingReply(CallRecordingState State, bool IsDone, string Problem = "");
