using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Origination;

/// <summary>Click-to-call: who was rung first hears the ring back while the plan of the other side is run, and the two talk.</summary>
internal sealed class ConnectProgram(OriginationOrder order, CommandContext command) : ICallProgram
{
    private static readonly Prompt Busy = new(new PromptPart.Tone("busy"));
    private static readonly Prompt Congestion = new(new PromptPart.Tone("congestion"));

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var plan = person.Call.Environment.Router.Plan(new RouteRequest(person.Tenant, order.FromNumber, order.To is Destination.Number ? order.ToNumber : "") { To = order.To });
        var outcome = await person.ConnectAsync(plan, new ConnectOrder { Number = order.ToNumber, Timeout = order.ConnectTimeout });
        switch (outcome.End)
        {
            case ConnectEnd.Connected:
                command.End(CommandOutcome.Done, 200);
                return await person.TalkAsync();
            case ConnectEnd.Service:
                command.End(CommandOutcome.Done, 200);
                return await person.ServeAsync(outcome.Service!);
            case ConnectEnd.Gone:
                command.End(CommandOutcome.Cancelled, detail: "Who was rung first has gone");
                return null;
            default:
                command.End(CommandOutcome.Failed, outcome.Status, outcome.Text);
                await person.PlayAsync(outcome.End == ConnectEnd.Busy ? Busy : Congestion);
                return null;
        }
    }
}
