using Tandem.Calls.Calls;

namespace Tandem.Calls.Routing;

/// <summary>How a step of a plan ended that nobody answered.</summary>
public enum StepOutcome
{
    /// <summary>Refused for a reason of its own: forbidden, not found, no media in common, a trunk that is full.</summary>
    Failed,

    /// <summary>In a call, or the person declined (486, 600, 603).</summary>
    Busy,

    /// <summary>It rang and nobody took it.</summary>
    NoAnswer,

    /// <summary>No phone is registered, or none says anything.</summary>
    Unreachable,
}

/// <summary>What the end of a ringing says of the callee.</summary>
internal static class StepOutcomes
{
    public static StepOutcome Of(Verdict verdict) => verdict.Reason switch
    {
        EndReason.Busy => StepOutcome.Busy,
        EndReason.Rejected when verdict.EndedBy == CallSide.Callee => StepOutcome.Busy,
        EndReason.NoAnswer => StepOutcome.NoAnswer,
        EndReason.NotRegistered or EndReason.TransportFailed or EndReason.SetupTimeout => StepOutcome.Unreachable,
        _ => StepOutcome.Failed,
    };
}
