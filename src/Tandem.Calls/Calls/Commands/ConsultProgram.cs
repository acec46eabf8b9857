using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Calls.Commands;

/// <summary>The third party of an attended transfer has answered: the command that had it rung is done, and the consultation begins.</summary>
internal sealed class ConsultProgram(Consultation consultation, CommandContext command) : ICallProgram
{
    public ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        command.End(CommandOutcome.Done, 200, person.Call.Model.Id.Value);
        return consultation.RunAsync(person);
    }
}
