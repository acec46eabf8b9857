namespace Tandem.Calls.Calls.Commands;

/// <summary>Tells a caller who waits for a program that it rings (180).</summary>
public sealed record RingCommand : CallCommand
{
    public override string Name => "ring";

    internal override CommandReply Run(CommandContext context)
    {
        if (context.Call.Control?.Wait is not { } wait)
            return context.Refused("The call does not wait for a program");
        if (context.Call.IsAnswered || wait.Answering is not null)
            return context.Refused("The call is answered");
        if (wait.IsRinging)
            return context.Refused("The caller has been told already");

        wait.Ring();
        return context.Done();
    }
}
