namespace Tandem.Calls.Calls.Commands;

/// <summary>Takes what was typed in secret for a <see cref="CollectCommand"/>, once. It is kept with the call, in memory, until then.</summary>
/// <param name="Of">The id of that command.</param>
public sealed record DigitsCommand(string Of) : CallCommand
{
    public override string Name => "digits";

    internal override CommandReply Run(CommandContext context) => context.Call.Control?.TakeSecret(Of) is { } digits
        ? context.Done() with { Digits = digits }
        : context.Refused("Nothing is kept of that command: it was no secret collect of this call, is not over, or was asked before");
}
