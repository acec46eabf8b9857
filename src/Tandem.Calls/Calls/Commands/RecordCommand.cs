namespace Tandem.Calls.Calls.Commands;

/// <summary>Begins, changes or ends the recording of the call.</summary>
public sealed record RecordCommand(RecordingAction Action) : CallCommand
{
    public override string Name => "record";

    internal override CommandReply Run(CommandContext context)
    {
        var reply = context.Call.Recording.Do(Action);
        if (reply.Problem.Length > 0)
            return context.Unavailable("The call is not recorded: " + reply.Problem);

        return reply.IsDone ? context.Done() : context.Refused($"{Action.ToString().ToLowerInvariant()} does not fit a recording that is {reply.State.ToString().ToLowerInvariant()}");
    }
}
