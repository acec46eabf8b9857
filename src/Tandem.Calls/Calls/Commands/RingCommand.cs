using Tandem.Calls.Calls.Held;

namespace Tandem.Calls.Calls.Commands;

/// <summary>Tells a caller who waits for a program that it rings (180).</summary>
public sealed record RingCommand : WaitingCallerCommand
{
    public override string Name => "ring";

    private protected override CommandReply Run(CommandContext context, ProgramWait wait)
    {
        if (wait.IsRinging)
            return context.Refused("The caller has been told already");

        wait.Ring();
        return context.Done();
    }
}
