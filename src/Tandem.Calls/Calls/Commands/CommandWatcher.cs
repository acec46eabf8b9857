using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Calls.Commands;

/// <summary>Tells the outcome of a transfer that a command began.</summary>
internal sealed class CommandWatcher(CommandContext command, string detail = "") : IReferWatcher
{
    public void Tell(int status, bool isFinal)
    {
        if (isFinal)
            command.End(status is >= 200 and < 300 ? CommandOutcome.Done : CommandOutcome.Failed, status, status is >= 200 and < 300 ? detail : "");
    }

    public void WhenDelivered(Action then) => then();
}
