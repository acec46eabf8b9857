using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Connects one side of this call with one side of another call, by a call of its own; the two others get BYE, or the services that they were in are told. It is
/// what an attended transfer does (RFC 5589 §7, RFC 3891), whichever shards the calls live on.
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
            return context.Refused("Nobody of that side of the other call can be connected: it has ended, rings, or goes somewhere else");

        var reply = Connect(context, Target);
        if (!reply.IsAccepted)
            Target.Release();
        return reply;
    }

    private CommandReply Connect(CommandContext context, BridgeTarget target)
    {
        if (context.Call.Control?.Wait is { } wait)
            return TransferCommand.Go(context, wait, Kept, null, target);

        var order = new ReferOrder(target.Number, "", IsSecure: false, target.Leaving, WantsNotifies: true, MaxForwards: -1) { Fetches = target.Fetches };
        return TransferCommand.Begin(context, Kept, order);
    }
}
