using Tandem.Calls.Calls.Held;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Blind transfer (RFC 5589 §6.1, done by the exchange): the target rings for one side, which goes to it when it answers; then the other side gets
/// BYE. When nobody answers, the call is as it was.
/// </summary>
/// <param name="Moved">Which side goes.</param>
/// <param name="To">Where it goes: a number, or any other destination (<see cref="Destination"/>).</param>
public sealed record TransferCommand(CallSide Moved, string To) : CallCommand
{
    public override string Name => "transfer";

    internal override CommandReply Run(CommandContext context)
    {
        if (!Destination.TryParse(To, out var to, out var problem))
            return context.Invalid("to: " + problem);
        if (context.Call.Control?.Wait is { } wait)
            return Go(context, wait, Moved, to, null);

        var order = new ReferOrder(to.AsNumber(), "", IsSecure: false, Replaces: null, WantsNotifies: true, MaxForwards: -1) { To = to is Destination.Number ? null : to };
        return Begin(context, Moved, order);
    }

    /// <summary>A caller whom a program deals with goes somewhere else; one who is not answered yet as if the plan had said so.</summary>
    internal static CommandReply Go(CommandContext context, ProgramWait wait, CallSide moved, Destination? to, BridgeTarget? target)
    {
        if (moved != CallSide.Caller)
            return context.Refused("Only the caller is there");
        if (to is null && !context.Call.IsAnswered)
            return context.Refused("The call is not answered");
        if (wait.Answering is not null && !context.Call.IsAnswered)
            return context.Refused("The call is being answered");
        if (wait.HasOrder)
            return context.Refused("The caller goes somewhere else already");
        if (!context.Control.TryRun(context))
            return context.Unavailable("Too many commands run in this call");

        wait.Go(new HeldOrder(context, to, target));
        return context.Begun();
    }

    /// <summary>Begins what a REFER of the phone of the other side would begin.</summary>
    /// <param name="context">The run.</param>
    /// <param name="moved">Which side goes.</param>
    /// <param name="order">Where to.</param>
    /// <param name="detail">What the news of its success say.</param>
    internal static CommandReply Begin(CommandContext context, CallSide moved, ReferOrder order, string detail = "")
    {
        var call = context.Call;
        if (ServedPerson.Of(call, moved) is { } person)
            return BeginServed(context, person, order, detail);
        if (context.LegOf(moved) is null || context.LegOf(moved == CallSide.Caller ? CallSide.Callee : CallSide.Caller) is not { } transferor)
            return context.Refused("The call is not between two phones that talk");

        var transfers = call.Environment.Transfers;
        if (Refusal(context, transfers.TryReserve(transferor)) is { } refusal)
            return refusal;

        // Its place is reserved, so it has to begin; that the news of one command too many are not told harms nobody.
        context.Control.TryRun(context);
        transfers.Begin(transferor, order, [""], new CommandWatcher(context, detail));
        return context.Begun();
    }

    // He stays in the service until he is elsewhere: the service goes on meanwhile, and hears of his leaving as of any transfer.
    private static CommandReply BeginServed(CommandContext context, Leg person, ReferOrder order, string detail)
    {
        if (context.Control.IsOnTheWay)
            return context.Refused("The caller goes somewhere else already");

        var transfers = context.Call.Environment.Transfers;
        if (Refusal(context, transfers.TryReserveServed(person)) is { } refusal)
            return refusal;

        context.Control.TryRun(context);
        transfers.BeginServed(person, order, new CommandWatcher(context, detail));
        return context.Begun();
    }

    private static CommandReply? Refusal(CommandContext context, int status) => status switch
    {
        0 => null,
        503 => context.Unavailable("The exchange takes no more calls now"),
        491 => context.Refused("The call is being transferred already, or one of its phones is not settled"),
        _ => context.Refused("The call is not answered"),
    };
}
