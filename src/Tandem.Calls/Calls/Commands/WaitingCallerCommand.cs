using Tandem.Calls.Calls.Held;

namespace Tandem.Calls.Calls.Commands;

/// <summary>A command about a caller whom nobody has answered, and who waits for a program to say what becomes of him.</summary>
public abstract record WaitingCallerCommand : CallCommand
{
    internal sealed override CommandReply Run(CommandContext context)
    {
        if (context.Call.Control?.Wait is not { } wait)
            return context.Refused("The call does not wait for a program");
        if (context.Call.IsAnswered || wait.Answering is not null)
            return context.Refused("The call is answered");
        return Run(context, wait);
    }

    private protected abstract CommandReply Run(CommandContext context, ProgramWait wait);
}
