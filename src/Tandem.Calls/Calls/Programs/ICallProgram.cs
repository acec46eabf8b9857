namespace Tandem.Calls.Calls.Programs;

/// <summary>
/// What the exchange does for a person, as straight-line code on the call's shard. When the person is gone every primitive of the <see cref="ServedCall"/> returns at once, and the
/// program has only to come to its end; <c>finally</c> blocks run. What it throws ends the call as a fault of ours.
/// </summary>
internal interface ICallProgram
{
    /// <summary>Before the person is answered; their SDP is accepted already. Null, or how the call ends because the service is not to be had.</summary>
    CallEnding? Prepare(ServedCall person) => null;

    /// <summary>The person is connected. How the call ends; null for a normal end.</summary>
    ValueTask<CallEnding?> RunAsync(ServedCall person);
}
