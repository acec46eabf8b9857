using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Connects one side of this call with one side of another call, by a call of its own; the two others get BYE. It is what an attended transfer
/// does (RFC 5589 §7, RFC 3891), whichever shards the calls live on.
/// </summary>
/// <param name="Kept">Which side of this call goes there.</param>
/// <param name="Other">The other call, of the same tenant.</param>
/// <param name="OtherKept">Which side of the other call goes there.</param>
public sealed record BridgeCommand(CallSide Kept, CallId Other, CallSide OtherKept) : CallCommand
{
    public override string Name => "bridge";

    /// <summary>The party that leaves the other call, as its shard names it; null when it cannot be left.</summary>
    internal BridgeTarget? Target { get; init; }

    internal override CommandReply Run(CommandContext context)
    {
        if (Other == context.Call.Model.Id)
            return context.Invalid("with must be another call");
        if (Target is null)
            return context.Refused("The other call is not between two phones that talk, or has ended");

        if (context.Call.Control?.Wait is { } wait)
            return TransferCommand.Go(context, wait, Kept, null, Target);

        var order = new ReferOrder(Target.Number, "", IsSecure: false, Target.Leaving, WantsNotifies: true, MaxForwards: -1);
        return TransferCommand.Begin(context, Kept, order);
    }
}
