using Tandem.Calls.Calls.Commands;

namespace Tandem.Calls.Calls.Origination;

/// <summary>The order as a command of the call that it makes: its outcome is told as theirs is.</summary>
internal sealed record OriginateCommand : CallCommand
{
    public override string Name => "originate";

    internal override CommandReply Run(CommandContext context) => context.Begun();
}
