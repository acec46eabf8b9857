using Tandem.Calls.Calls.Services;
using Tandem.Calls.Routing;
using Tandem.Core.Time;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// A call with a plan of several steps: each is tried until somebody answers, what is tried after a step depends on how it ended, and the
/// caller's early dialog lasts from the first ring to the end.
/// </summary>
internal sealed class PlanStory(LiveCall call, CalleeAddressing addressing)
{
    private readonly Stack<(IReadOnlyList<PlanStep> Steps, int Next)> _ahead = new();
    private readonly Moment _until = call.Now + call.Environment.Routing.MaxRinging;
    private RingingStory? _ringing;
    private int _tried;

    /// <summary>Completes with how the call ends.</summary>
    public async ValueTask<CallEnding> RunAsync(IReadOnlyList<PlanStep> steps)
    {
        var refusal = await RingOrServeAsync(steps);
        if (Service is { } service)
            return await new ServiceStory(call, service, addressing).RunAsync();

        return refusal ?? await new ConversationStory(call).RunAsync();
    }

    /// <summary>The service that the plan came to; null while it came to none.</summary>
    public ExchangeService? Service { get; private set; }

    /// <summary>Completes with null when a phone has answered, or the exchange itself is to (<see cref="Service"/>), else with how the call ends.</summary>
    public ValueTask<CallEnding?> RingOrServeAsync(IReadOnlyList<PlanStep> steps) => TryAsync(steps, serves: true);

    /// <summary>Completes with null when a phone has answered, else with how the call ends.</summary>
    public ValueTask<CallEnding?> RingAsync(IReadOnlyList<PlanStep> steps) => TryAsync(steps, serves: false);

    /// <summary>A decision for who comes by a transfer: the exchange itself cannot take a leg of another call.</summary>
    public static DialDecision.Reject WithoutService(DialDecision decision) =>
        decision as DialDecision.Reject ?? new DialDecision.Reject(404, EndReason.NotFound, "Nobody can be transferred to a service of the exchange");

    private async ValueTask<CallEnding?> TryAsync(IReadOnlyList<PlanStep> steps, bool serves)
    {
        CallEnding? last = null;
        _ahead.Push((steps, 0));
        while (TakeNext() is { } step)
        {
            var decision = _tried == 1 ? step.Decision : Refresh(step);
            call.Environment.Traces?.Decided(call.Model.Id, decision, call.Now);
            if (decision is DialDecision.Serve serve && serves)
            {
                Service = serve.Service;
                return null;
            }

            if (decision.Phones is { } contacts)
                last = await RingAsync(step, contacts);
            else
                last = CallStory.Refusal(WithoutService(decision));
            if (last is not { } ending || call.IsOver || _ringing is { MayGoOn: false } || call.Now >= _until)
                return last;
            if (step.After(StepOutcomes.Of(ending.Verdict)) is { } next)
                _ahead.Push((next, 0));
        }

        return last;
    }

    private async ValueTask<CallEnding?> RingAsync(PlanStep step, IReadOnlyList<Registrar.Binding> contacts)
    {
        var time = step.RingTime > TimeSpan.Zero ? step.RingTime : call.Options.SetupTimeout;
        var left = _until - call.Now;
        if (left < time)
            time = left;

        var shown = addressing.Of(step);
        if (_ringing is not null)
            return await _ringing.RunNextAsync(contacts, time, shown);

        _ringing = new RingingStory(call, shown);
        return await _ringing.RunAsync(contacts, time, isLast: false);
    }

    private PlanStep? TakeNext()
    {
        while (_tried < call.Environment.Routing.MaxSteps && _ahead.TryPop(out var ahead))
        {
            if (ahead.Next >= ahead.Steps.Count)
                continue;

            _ahead.Push((ahead.Steps, ahead.Next + 1));
            _tried++;
            return ahead.Steps[ahead.Next];
        }

        return null;
    }

    private DialDecision Refresh(PlanStep step)
    {
        var snapshot = call.Model.Snapshot;
        return call.Environment.Router.Refresh(new RouteRequest(snapshot.Tenant, snapshot.CallerNumber, snapshot.CalleeNumber) { IsSips = addressing.IsSips }, step);
    }
}
