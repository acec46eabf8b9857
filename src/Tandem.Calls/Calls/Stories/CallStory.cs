using Tandem.Calls.Calls.Services;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Stories;

/// <summary>The life of a call: decide, ring, talk, end.</summary>
internal sealed class CallStory(LiveCall call, CalleeAddressing addressing)
{
    /// <summary>Runs on the call's shard until the call has its verdict. It never throws.</summary>
    public async void Run(CallPlan plan)
    {
        try
        {
            call.End(plan.Only is { } decision ? await LiveAsync(decision) : await new PlanStory(call, addressing).RunAsync(plan.Steps));
        }
        catch (Exception e)
        {
            call.Fault(e);
        }
    }

    /// <summary>The end of a call that nobody is rung for.</summary>
    public static CallEnding Refusal(DialDecision.Reject reject)
    {
        var (result, _, cause) = Verdicts.Row(reject.Reason);
        return new CallEnding(new Verdict(result, reject.Reason, reject.Status, CallSide.Exchange, cause, reject.Text), "", reject.Warning.Code, reject.Warning.Text);
    }

    private async ValueTask<CallEnding> LiveAsync(DialDecision decision)
    {
        if (decision is DialDecision.Serve { Service: ExchangeService.Api })
            return await new PlanStory(call, addressing).RunAsync([new PlanStep(decision)]);

        call.Environment.Traces?.Decided(call.Model.Id, decision, call.Now);
        if (decision is DialDecision.Serve { Service: var service })
            return await new ServiceStory(call, service, addressing).RunAsync();
        if (decision.Phones is not { } contacts)
            return Refusal((DialDecision.Reject)decision);

        var refusal = await new RingingStory(call, addressing).RunAsync(contacts);
        return refusal ?? await new ConversationStory(call).RunAsync();
    }
}
