using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Origination;

/// <summary>Who was rung gets a service of the exchange: a room, the calls of an agent. The order is done when he is in it.</summary>
internal sealed class GuestProgram(ExchangeService service, CommandContext command) : ICallProgram
{
    private static readonly Prompt Congestion = new(new PromptPart.Tone("congestion"));

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var program = person.Call.Environment.MakeProgram(person.Call, service);
        if (program.Prepare(person) is { } refused)
        {
            command.End(CommandOutcome.Failed, refused.Verdict.SipStatus, refused.Verdict.Text);
            await person.PlayAsync(Congestion);
            return refused;
        }

        command.End(CommandOutcome.Done, 200);
        return await program.RunAsync(person);
    }
}
