namespace Tandem.Calls.Calls.Commands;

/// <summary>Stops what commands play to a side, or to both.</summary>
/// <param name="Side">To whom; null for both.</param>
public sealed record StopCommand(CallSide? Side) : CallCommand
{
    public override string Name => "stop";

    internal override CommandReply Run(CommandContext context)
    {
        var stopped = false;
        if (context.Call.Control is { } control && context.Call.Model.Media is { } media)
        {
            foreach (var side in new[] { CallSide.Caller, CallSide.Callee })
            {
                if (side == (Side ?? side))
                    stopped |= control.Sounds.Stop(side, media.Sound, "Stopped");
            }
        }

        return stopped ? context.Done() : context.Refused("Nothing is played to that side");
    }
}
