namespace Tandem.Calls.Calls.Commands;

/// <summary>Answers a caller who waits for a program (200). The outcome is that they are connected to the exchange, and the program goes on with other commands.</summary>
public sealed record AnswerCommand : CallCommand
{
    public override string Name => "answer";

    internal override CommandReply Run(CommandContext context)
    {
        if (context.Call.Control?.Wait is not { } wait)
            return context.Refused("The call does not wait for a program");
        if (context.Call.IsAnswered || wait.Answering is not null)
            return context.Refused("The call is answered");
        if (wait.HasOrder)
            return context.Refused("The caller goes somewhere else already");
        if (!context.Control.TryRun(context))
            return context.Unavailable("Too many commands run in this call");

        wait.Answer(context);
        return context.Begun();
    }
}
