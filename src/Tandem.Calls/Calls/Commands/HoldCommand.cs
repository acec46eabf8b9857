namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Puts a side on hold, or takes it back, without its partner's phone: the held phone gets a re-INVITE (RFC 3264 §8.4) and shows the hold, and
/// the music of the tenant plays to it. What the other phone says is not heard meanwhile. A caller whom the exchange itself serves is held where the service waits for them: with a program of the tenant, in a
/// room.
/// </summary>
/// <param name="Held">Who is held.</param>
/// <param name="On">False to take it back.</param>
public sealed record HoldCommand(CallSide Held, bool On) : CallCommand
{
    public override string Name => On ? "hold" : "unhold";

    internal override CommandReply Run(CommandContext context)
    {
        var call = context.Call;
        if (!call.IsAnswered || context.LegOf(Held) is null)
            return context.Refused("The call is not between two phones that talk");
        if (!call.IsWhole && Unheld(call) is { } problem)
            return context.Refused(problem);
        if (call.Transfer is { IsDone: false })
            return context.Refused("A transfer of the call is under way");

        var hold = context.Control.HoldOf(Held);
        if (hold.IsWanted == On)
            return context.Refused(On ? "That side is on hold already" : "That side is not on hold by the exchange");
        if (!context.Control.TryRun(context))
            return context.Unavailable("Too many commands run in this call");

        // Music takes the place of what commands play to who is alone with the exchange; it would not come back.
        if (On && !call.IsWhole)
            context.Control.Sounds.Stop(Held, call.Model.Media!.Sound, "The caller was put on hold");
        hold.Want(On, context);
        return context.Begun();
    }

    // Why somebody cannot be held who talks to no other phone; null when he can.
    private static string? Unheld(LiveCall call)
    {
        if (call.Callee is not null || call.Person is not { IsGone: false } person)
            return "The call is not between two phones that talk";
        if (call.Control?.Wait is { HasOrder: true })
            return "The caller goes somewhere else already";

        return person.AfterHold is null ? "The exchange serves the caller, and does not wait for them" : null;
    }
}
