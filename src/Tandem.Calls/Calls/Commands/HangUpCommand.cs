namespace Tandem.Calls.Calls.Commands;

/// <summary>Ends the call: both phones get BYE, or the caller the status that stands for the cause while the call is not answered.</summary>
/// <param name="Cause">A Q.850 cause (RFC 3326), 1 to 127.</param>
public sealed record HangUpCommand(int Cause = Calls.Cause.NormalClearing) : CallCommand
{
    public override string Name => "hangup";

    internal override CommandReply Run(CommandContext context)
    {
        if (Cause is < 1 or > 127)
            return context.Invalid("cause must be a Q.850 cause, 1 to 127");

        var call = context.Call;
        var verdict = Verdicts.For(EndReason.ClearedByOperator, CallSide.Exchange, call.IsAnswered) with { Cause = Cause };
        call.End(new CallEnding(call.IsAnswered ? verdict : verdict with { SipStatus = StatusOf(Cause) }));
        return context.Done();
    }

    // The reverse of Cause.FromStatus for what a program can mean (RFC 3398 §7.2.4.1).
    private static int StatusOf(int cause) => cause switch
    {
        Calls.Cause.UnallocatedNumber or 2 or 3 => 404,
        Calls.Cause.UserBusy => 486,
        Calls.Cause.CallRejected => 403,
        Calls.Cause.NumberChanged => 410,
        Calls.Cause.InvalidNumberFormat => 484,
        Calls.Cause.NoCircuitAvailable or Calls.Cause.NetworkOutOfOrder or Calls.Cause.TemporaryFailure or Calls.Cause.Congestion => 503,
        Calls.Cause.BearerNotAvailable or Calls.Cause.IncompatibleDestination => 488,
        Calls.Cause.NotImplemented => 501,
        Calls.Cause.RecoveryOnTimerExpiry => 504,
        _ => 480,
    };
}
