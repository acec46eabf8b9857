using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Trunks;

namespace Tandem.Calls.Routing;

/// <summary>
/// Makes the plan of one call for a tenant that has rules, or whose extensions have something set. Whatever the configuration says, it ends: a call is
/// sent on so many times, nobody twice on one way, and a plan has so many steps.
/// </summary>
internal sealed partial class PlanMaker(Router router, RoutingOptions options, RoutingTable? table, IRoutingDirectory directory, RouteRequest request, DateTimeOffset at, Explanation? why)
{
    private readonly List<string> _path = [];
    private readonly bool _isLast = request.Invite is { } invite && CallHistory.Read(invite).IsFull;
    private int _made;

    /// <summary>The plan.</summary>
    public CallPlan Make()
    {
        var steps = request.To is { } to ? Resolve(to, new Way(CallHistory.Empty, "")) : Dial(request.Called, ContextOf(), new Way(CallHistory.Empty, ""));
        if (steps.Count == 0)
            steps = [Refusal(404, EndReason.NotFound, "The rules lead nowhere", null)];
        return IsPlain(steps) ? CallPlan.Of(steps[0].Decision) : CallPlan.Of(steps);
    }

    // A call that nothing is said about keeps the plan, and the garbage, of an installation without rules.
    private static bool IsPlain(IReadOnlyList<PlanStep> steps) =>
        steps is [{ OnBusy: null, OnNoAnswer: null, OnUnreachable: null, DivertedBy: "", IsGroup: false, AnswersByItself: false, Decision: not DialDecision.Ask } only] && only.RingTime == TimeSpan.Zero;

    private string ContextOf()
    {
        if (request.From is not null)
            return RuleContexts.Outside;

        return directory.FeaturesOf(request.Tenant, request.Caller)?.Context ?? RuleContexts.Inside;
    }

    /// <summary>What a number does in a context.</summary>
    private IReadOnlyList<PlanStep> Dial(string number, string context, in Way way)
    {
        if (way.History.Diversions == 0 && request.From is null && directory.FeaturesOf(request.Tenant, request.Caller) is { } caller && !caller.Allows(number) && !router.IsEmergency(request.Tenant, number))
        {
            why?.Say($"extension {request.Caller} may not dial {number}: its allowedDestinations do not have it");
            return [Refusal(403, EndReason.Forbidden, "The extension may not dial this number", null)];
        }

        if (request.From is null && way.History.Diversions == 0 && router.IsEmergency(request.Tenant, number))
            return ForHelp(number, context, way);

        if (router.FindService(request.Tenant, number) is { } service)
        {
            why?.Say($"{number} is a number of the exchange itself: {service.GetType().Name}");
            return [new PlanStep(new DialDecision.Serve(service))];
        }

        if (request.From is null && way.History.Diversions == 0 && router.IntercomTo(number) is { } intercom)
            return Intercom(intercom, way);

        if (table is not null && FindRule(number, context) is { } rule)
            return Follow(rule, number, context, way);

        why?.Say(table is null ? "the tenant has no rules" : $"no rule of context {context} fits {number}");
        return Default(number, way);
    }

    private RouteRule? FindRule(string number, string context)
    {
        var subject = Subject(number, context);
        var isEmergency = request.From is null && router.IsEmergency(request.Tenant, number);
        foreach (var rule in table!.RulesOf(context))
        {
            if (isEmergency && rule.Numbers?.Any(one => one.IsOneNumber && one.Matches(number)) is not true)
                continue;

            var reason = rule.WhyNot(subject);
            why?.Say(reason is null ? $"rule {rule.Id} fits" : $"rule {rule.Id} does not: {reason}");
            if (reason is null)
                return rule;
        }

        return null;
    }

    private RuleSubject Subject(string number, string context) => new(
        context, Seen(number), table!.Normalize(Seen(number)), request.Caller, request.From, at, request.Headers ?? (request.Invite is { } invite ? name => InviteHeaders.Of(invite, name) : null));

    // What a provider was asked for, and not what stands in its place.
    private string Seen(string number) => request.Did.Length > 0 && number == request.Called ? request.Did : number;

    private IReadOnlyList<PlanStep> Follow(RouteRule rule, string number, string context, in Way way)
    {
        if (!Enter($"rule {rule.Id}", out var refusal))
            return refusal;

        var steps = new List<PlanStep>();
        var subject = Subject(number, context);
        for (var i = 0; i < rule.Actions.Count; i++)
        {
            var action = rule.Actions[i];
            if (action.For(subject, out var problem) is not { } destination)
            {
                why?.Say($"action {action.Text} is left out: {problem}");
                continue;
            }

            why?.Say($"action {i + 1}: {destination}");
            var isLast = i == rule.Actions.Count - 1;
            var begin = steps.Count;
            steps.AddRange(Resolve(destination, way with { Action = action, RuleNumber = number }));
            if (steps.Count > begin)
                steps[begin] = Timed(steps[begin], action.RingTime, isLast);
        }

        Leave();
        return steps;
    }

    private PlanStep Timed(PlanStep step, TimeSpan ringTime, bool isLast)
    {
        if (ringTime > TimeSpan.Zero)
            return step with { RingTime = ringTime };

        return step.RingTime == TimeSpan.Zero && !isLast ? step with { RingTime = options.StepRingTime } : step;
    }

    /// <summary>What a destination does.</summary>
    private IReadOnlyList<PlanStep> Resolve(Destination to, in Way way)
    {
        if (++_made > options.MaxSteps * 2)
            return [];

        switch (to)
        {
            case Destination.Number number:
                return Dial(number.Digits, way.History.Diversions > 0 ? RuleContexts.Inside : ContextOf(), way);
            case Destination.Extension extension:
                return Extension(extension.Digits, way);
            case Destination.Group group:
                return Group(group.Name, way);
            case Destination.Trunk trunk:
                return [Outside(trunk.Digits, trunk.Profile, way)];
            case Destination.External:
                return [Outward(router.DecidePlainly(request, to), to, way)];
            case Destination.Webhook webhook:
                return [new PlanStep(new DialDecision.Ask(webhook.Url)) { Target = to }];
            default:
                var decision = router.DecidePlainly(request, to);
                why?.Say($"{to}: {Words(decision)}");
                return [new PlanStep(decision) { Target = to, RingTime = to is Destination.Api ? options.ProgramWait : default, DivertedBy = way.By, History = way.History, Diversion = way.Reason }];
        }
    }

    // Without a rule: an extension, or else the outside world.
    private IReadOnlyList<PlanStep> Default(string number, in Way way)
    {
        if (router.OwnNumber(request, number, mayLeave: request.From is null || way.History.Diversions > 0) is { } own)
        {
            if (!ReferenceEquals(own, number))
                why?.Say($"{number} is a number of the tenant itself, for {own}");
            return !DestinationText.IsDialled(own) && Destination.TryParse(own, out var target, out _) ? Resolve(target, way) : Extension(own, way);
        }

        return [Outside(number, "", way)];
    }

    private PlanStep Outside(string number, string profile, in Way way)
    {
        var decision = router.DecideOutside(request, number, profile, way.Action?.Profiles);
        return Outward(decision, new Destination.Trunk(number, profile), way);
    }

    private PlanStep Outward(DialDecision decision, Destination target, in Way way)
    {
        var features = way.By.Length > 0 ? directory.FeaturesOf(request.Tenant, way.By) : request.From is null ? directory.FeaturesOf(request.Tenant, request.Caller) : null;
        // Who sends a call out answers for it: the toll guard counts it as a forwarded call of that extension, or of the number that was called.
        var forwarder = way.By.Length > 0 ? way.By : request.From is not null ? request.Called : "";
        var callerId = way.Action?.CallerId ?? features?.CallerId;
        var isAnonymous = features is { HidesCallerId: true };
        if (decision is DialDecision.Trunk trunk && (forwarder.Length > 0 || callerId is not null || isAnonymous))
            decision = new DialDecision.Trunk([.. trunk.Routes.Select(Shown)]);
        why?.Say($"{target.AsNumber()} goes to outside: {Words(decision)}");
        return new PlanStep(decision) { Target = target, DivertedBy = way.By, History = way.History, Diversion = way.Reason };

        TrunkRoute Shown(TrunkRoute route) => route with
        {
            CallerId = callerId ?? route.CallerId,
            IsAnonymous = isAnonymous,
            ForwardedBy = forwarder,
        };
    }

    private PlanStep Refusal(int status, EndReason reason, string text, Destination? target) =>
        new(new DialDecision.Reject(status, reason, text)) { Target = target };

    // False when this was on the way already, or the way is too long: then the call ends there.
    private bool Enter(string where, out IReadOnlyList<PlanStep> refusal)
    {
        refusal = [];
        if (!_path.Contains(where) && _path.Count < options.MaxForwards * 2)
        {
            _path.Add(where);
            return true;
        }

        why?.Say($"{where} was on the way before: the call does not go round");
        refusal = [Refusal(482, EndReason.LoopDetected, "The call was sent on in a circle", null)];
        return false;
    }

    private void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>A decision for people.</summary>
    internal static string Words(DialDecision decision) => decision switch
    {
        DialDecision.Ring ring => $"rings {ring.Contacts.Count} contact{(ring.Contacts.Count == 1 ? "" : "s")}",
        DialDecision.Trunk trunk => "by " + string.Join(", then ", trunk.Routes.Select(route => route.Profile.Name)),
        DialDecision.Serve { Service: ExchangeService.Api api } => $"waits for the program {api.Name}",
        DialDecision.Serve serve => $"the exchange answers: {serve.Service.GetType().Name}",
        DialDecision.Reject reject => $"{reject.Status} {reject.Text}",
        DialDecision.Ask => "a webhook is asked",
        _ => "",
    };

    /// <summary>How a call came to a point of the plan.</summary>
    /// <param name="History">The stations.</param>
    /// <param name="By">The extension that sent it on last; empty for none.</param>
    private readonly record struct Way(CallHistory History, string By)
    {
        public DiversionReason Reason { get; init; }

        /// <summary>The action of a rule that is being followed.</summary>
        public RouteAction? Action { get; init; }

        /// <summary>The number that the rule was for.</summary>
        public string RuleNumber { get; init; } = "";
    }
}
