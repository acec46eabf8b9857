using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Blind transfer (RFC 5589 §6.1, done by the exchange): the target rings for one side, which goes to it when it answers; then the other side gets
/// BYE. When nobody answers, the call is as it was.
/// </summary>
/// <param name="Moved">Which side goes.</param>
/// <param name="To">What it dials.</param>
public sealed record TransferCommand(CallSide Moved, string To) : CallCommand
{
    private const int LongestTarget = 64;

    public override string Name => "transfer";

    internal override CommandReply Run(CommandContext context)
    {
        if (To.Length is 0 or > LongestTarget || To.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
            return context.Invalid("to must be a number");

        return Begin(context, Moved, new ReferOrder(To, "", IsSecure: false, Replaces: null, WantsNotifies: true, MaxForwards: -1));
    }

    /// <summary>Begins what a REFER of the phone of the other side would begin.</summary>
    internal static CommandReply Begin(CommandContext context, CallSide moved, ReferOrder order)
    {
        var call = context.Call;
        if (context.LegOf(moved) is null || context.LegOf(moved == CallSide.Caller ? CallSide.Callee : CallSide.Caller) is not { } transferor)
            return context.Refused("The call is not between two phones that talk");

        var transfers = call.Environment.Transfers;
        switch (transfers.TryReserve(transferor))
        {
            case 0:
                break;
            case 503:
                return context.Unavailable("The exchange takes no more calls now");
            case 491:
                return context.Refused("The call is being transferred already, or one of its phones is not settled");
            default:
                return context.Refused("The call is not answered");
        }

        // Its place is reserved, so it has to begin; that the news of one command too many are not told harms nobody.
        context.Control.TryRun(context);
        transfers.Begin(transferor, order, [""], new CommandWatcher(context));
        return context.Begun();
    }
}
