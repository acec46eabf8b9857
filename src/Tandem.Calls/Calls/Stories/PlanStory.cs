using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Held;
using Tandem.Calls.Calls.Legs;
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
    private PlanStep? _answered;
    private (CommandContext Command, int Depth)? _routed;
    private int _tried;

    /// <summary>Completes with how the call ends.</summary>
    public async ValueTask<CallEnding> RunAsync(IReadOnlyList<PlanStep> steps)
    {
        var refusal = await RingOrServeAsync(steps);
        if (Service is { } service)
            return await new ServiceStory(call, service, addressing).RunAsync();
        if (refusal is { } ending)
            return ending;

        var member = _answered is { IsGroup: true } ? Winner : "";
        if (member.Length > 0)
            call.Environment.Router.MarkIdle(call.Model.Tenant, member);
        var end = await new ConversationStory(call).RunAsync();
        if (member.Length > 0)
            call.Environment.Router.MarkIdle(call.Model.Tenant, member);
        return end;
    }

    /// <summary>The service that the plan came to; null while it came to none.</summary>
    public ExchangeService? Service { get; private set; }

    /// <summary>Completes with null when a phone has answered, or the exchange itself is to (<see cref="Service"/>), else with how the call ends.</summary>
    public async ValueTask<CallEnding?> RingOrServeAsync(IReadOnlyList<PlanStep> steps)
    {
        var end = await TryAsync(steps);
        if (_routed is { } routed)
            Tell(routed, end);
        return end;
    }

    private string Winner => call.Callee is OutboundLeg { Trunk: null } leg ? leg.Contact.Number : "";

    private async ValueTask<CallEnding?> TryAsync(IReadOnlyList<PlanStep> steps)
    {
        CallEnding? last = null;
        _ahead.Push((steps, 0));
        while (TakeNext() is { } step)
        {
            if (_routed is { } routed && _ahead.Count < routed.Depth)
                Tell(routed, last);
            var decision = _tried == 1 ? step.Decision : Refresh(step);
            call.Environment.Traces?.Decided(call.Model.Id, decision, call.Now);
            switch (decision)
            {
                case DialDecision.Serve { Service: ExchangeService.Api api } when call.Origin is InboundLeg:
                    LeaveRinging();
                    var (isOver, waited) = await WaitAsync(api, step);
                    if (isOver)
                        return waited;
                    last = waited ?? last;
                    continue;
                case DialDecision.Serve serve:
                    LeaveRinging();
                    Service = serve.Service is ExchangeService.Api late ? late with { Limit = step.RingTime, Otherwise = Rest() } : serve.Service;
                    return null;
                case DialDecision.Ask ask:
                    call.DropForks(new CallEnding(Verdicts.For(EndReason.NoAnswer, CallSide.Callee, answered: false)));
                    var story = new AskStory(call);
                    if (await story.RunAsync(ask.Url) is not { } answer)
                        return story.Ending;
                    last ??= CallEnding.For(EndReason.ServerError, CallSide.Exchange, answered: false, "The webhook gave no answer");
                    Take(answer);
                    continue;
                default:
                    break;
            }

            if (decision.Phones is { } contacts)
                last = await RingAsync(step, contacts);
            else
                last = CallStory.Refusal((DialDecision.Reject)decision);
            if (last is not { } ending)
            {
                _answered = step;
                call.SetRinging(Winner is { Length: > 0 } winner && winner != call.Model.Snapshot.CalleeNumber ? [winner] : null);
                return null;
            }

            if (call.IsOver || _ringing is { MayGoOn: false })
                return last;
            if (call.Now >= _until)
            {
                // Nor is a forward of who was tried last in its way.
                if (!LeaveOnlyHelp())
                    return last;
                continue;
            }

            if (step.After(StepOutcomes.Of(ending.Verdict)) is { } next)
                _ahead.Push((next, 0));
        }

        return last;
    }

    private void LeaveRinging()
    {
        call.SetRinging(null);
        call.DropForks(new CallEnding(Verdicts.For(EndReason.NoAnswer, CallSide.Callee, answered: false)));
    }

    // A program is to say what happens. Over when the call has ended, or the exchange itself goes on with it; else the plan does, with how nobody took it.
    private async ValueTask<(bool IsOver, CallEnding? Ending)> WaitAsync(ExchangeService.Api api, PlanStep step)
    {
        var story = new WaitStory(call, api.Name);
        var end = await story.RunAsync((api with { Limit = step.RingTime }).LimitOf(call.Environment.Routing), _until - call.Now);
        var wait = story.Wait;
        if (end == WaitEnd.Over)
            return (true, story.Ending);
        if (end == WaitEnd.Answer || !wait.Early.IsEmpty)
        {
            Service = api with { Otherwise = Rest(), IsLate = end == WaitEnd.TimedOut };
            return (true, null);
        }

        call.Control!.Wait = null;
        if (wait.TakeOrder() is not { To: { } to, Command: var command })
            return (false, CallEnding.For(EndReason.NoAnswer, CallSide.Exchange, answered: false, "No program took the call"));

        _ahead.Push((call.Environment.Router.Plan(Request() with { To = to }).Steps, 0));
        _routed = (command, _ahead.Count);
        return (false, null);
    }

    // What a program ordered for a call that was not answered yet has come about, or not.
    private void Tell((CommandContext Command, int Depth) routed, CallEnding? end)
    {
        _routed = null;
        routed.Command.End(end is null ? CommandOutcome.Done : CommandOutcome.Failed, end?.Verdict.SipStatus ?? 200, end?.Verdict.Text ?? "");
    }

    // What stands behind the step that is being tried.
    private List<PlanStep> Rest() => [.. _ahead.SelectMany(ahead => ahead.Steps.Skip(ahead.Next))];

    private async ValueTask<CallEnding?> RingAsync(PlanStep step, IReadOnlyList<Registrar.Binding> contacts)
    {
        var time = step.RingTime > TimeSpan.Zero ? step.RingTime : RingingStory.SetupTimeOf(call, contacts);
        var left = _until - call.Now;
        if (left < time && !IsForHelp(contacts))
            time = left;

        call.SetRinging(step.Numbers is [var only] && only == call.Model.Snapshot.CalleeNumber ? null : step.Numbers);
        var shown = addressing.Of(step);
        if (_ringing is not null)
            return await _ringing.RunNextAsync(contacts, time, shown);

        _ringing = new RingingStory(call, shown);
        return await _ringing.RunAsync(contacts, time, isLast: false);
    }

    // What a webhook says is tried before what stands behind it.
    private void Take(Ports.RouteAnswer answer)
    {
        call.Environment.Traces?.Note(
            call.Model.Id, Tracing.TraceKind.Decision, "webhook", call.Environment.WallClock.ToUtc(call.Now),
            answer.Problem.Length > 0 ? answer.Problem : string.Join(", ", answer.Steps.Select(step => step.To)));
        var steps = new List<PlanStep>();
        foreach (var (to, seconds) in answer.Steps)
        {
            if (!Destination.TryParse(to, out var destination, out _) || destination is Destination.Webhook)
                continue;

            var begin = steps.Count;
            steps.AddRange(call.Environment.Router.Plan(Request() with { To = destination }).Steps);
            if (seconds > 0 && steps.Count > begin)
                steps[begin] = steps[begin] with { RingTime = TimeSpan.FromSeconds(seconds) };
        }

        if (steps.Count > 0)
            _ahead.Push((steps, 0));
    }

    // The caller has waited long enough for everybody else, or was led to as many, and may still get help.
    private bool LeaveOnlyHelp()
    {
        var help = Rest().FindAll(step => step.Decision.Phones is { } contacts && IsForHelp(contacts));
        _ahead.Clear();
        _ahead.Push((help, 0));
        return help.Count > 0;
    }

    private bool IsForHelp(IReadOnlyList<Registrar.Binding> contacts) => contacts.Count > 0 && RingingStory.IsForHelp(call, contacts[0]);

    private PlanStep? TakeNext()
    {
        // From here on only help is left, which leads nowhere else: there is an end.
        if (_tried == call.Environment.Routing.MaxSteps)
            LeaveOnlyHelp();
        while (_ahead.TryPop(out var ahead))
        {
            if (ahead.Next >= ahead.Steps.Count)
                continue;

            _ahead.Push((ahead.Steps, ahead.Next + 1));
            _tried++;
            return ahead.Steps[ahead.Next];
        }

        return null;
    }

    private DialDecision Refresh(PlanStep step) => call.Environment.Router.Refresh(Request(), step);

    private RouteRequest Request()
    {
        var snapshot = call.Model.Snapshot;
        return new RouteRequest(snapshot.Tenant, snapshot.CallerNumber, snapshot.CalleeNumber)
        {
            IsSips = addressing.IsSips,
            From = call.Origin is InboundLeg { Trunk: { } trunk } ? trunk.Profile : null,
        };
    }
}
