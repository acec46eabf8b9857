namespace Tandem.Calls.Calls.Commands;

/// <summary>How an attended transfer goes on that <see cref="ConsultCommand"/> began.</summary>
public sealed record DecideCommand(ConsultStep Step) : CallCommand
{
    public override string Name => Step.ToString().ToLowerInvariant();

    internal override CommandReply Run(CommandContext context)
    {
        if (context.Call.Control?.Consultation is not { } consultation)
            return context.Refused("No consultation is under way");
        if (Step != ConsultStep.Cancel && !consultation.IsOpen)
            return context.Refused("The third party has not answered, or is going already");

        switch (Step)
        {
            case ConsultStep.Cancel:
                consultation.Cancel();
                return context.Done();
            case ConsultStep.Swap:
                consultation.Swap();
                return context.Done();
            default:
                if (!context.Control.TryRun(context))
                    return context.Unavailable("Too many commands run in this call");
                consultation.Complete(context);
                return context.Begun();
        }
    }
}
