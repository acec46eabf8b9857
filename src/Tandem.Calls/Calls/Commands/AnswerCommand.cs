using Tandem.Calls.Calls.Held;

namespace Tandem.Calls.Calls.Commands;

/// <summary>Answers a caller who waits for a program (200). The outcome is that they are connected to the exchange, and the program goes on with other commands.</summary>
public sealed record AnswerCommand : WaitingCallerCommand
{
    public override string Name => "answer";

    private protected override CommandReply Run(CommandContext context, ProgramWait wait)
    {
        if (wait.HasOrder)
            return context.Refused("The caller goes somewhere else already");
        if (!context.Control.TryRun(context))
            return context.Unavailable("Too many commands run in this call");

        wait.Answer(context);
        return context.Begun();
    }
}
