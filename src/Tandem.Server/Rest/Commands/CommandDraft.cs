using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Rest.Commands;

/// <summary>A command, or why there is none.</summary>
internal readonly record struct CommandDraft(CallCommand? Command, FieldProblem? Problem)
{
    public CommandDraft(CallCommand command)
        : this(command, null)
    {
    }

    public CommandDraft(FieldProblem problem)
        : this(null, problem)
    {
    }
}
