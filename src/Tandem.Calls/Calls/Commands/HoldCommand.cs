namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Puts a side on hold, or takes it back, without its partner's phone: the held phone gets a re-INVITE (RFC 3264 §8.4) and shows the hold, and
/// the music of the tenant plays to it. What the other phone says is not heard meanwhile.
/// </summary>
/// <param name="Held">Who is held.</param>
/// <param name="On">False to take it back.</param>
public sealed record HoldCommand(CallSide Held, bool On) : CallCommand
{
    public override string Name => On ? "hold" : "unhold";

    internal override CommandReply Run(CommandContext context)
    {
        var call = context.Call;
        if (!call.IsAnswered || !call.IsWhole || context.LegOf(Held) is null)
            return context.Refused("The call is not between two phones that talk");
        if (call.Transfer is { IsDone: false })
            return context.Refused("A transfer of the call is under way");

        var hold = context.Control.HoldOf(Held);
        if (hold.IsWanted == On)
            return context.Refused(On ? "That side is on hold already" : "That side is not on hold by the exchange");
        if (!context.Control.TryRun(context))
            return context.Unavailable("Too many commands run in this call");

        hold.Want(On, context);
        return context.Begun();
    }
}
