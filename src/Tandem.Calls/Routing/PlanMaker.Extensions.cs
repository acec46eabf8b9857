using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;

namespace Tandem.Calls.Routing;

/// <content>Extensions with what they have set, and groups of them.</content>
internal sealed partial class PlanMaker
{
    private IReadOnlyList<PlanStep> Extension(string number, in Way way)
    {
        var target = new Destination.Extension(number);
        if (!Enter(target.ToString(), out var refusal))
            return refusal;

        try
        {
            return directory.FeaturesOf(request.Tenant, number) is { } features && router.Find(request.Tenant, number) is { Enabled: true }
                ? WithFeatures(number, features, way)
                : [Phones(number, TimeSpan.Zero, way)];
        }
        finally
        {
            Leave();
        }
    }

    // Its phone answers by itself: nobody is there to be forwarded from, and who does not want to be disturbed is not.
    private IReadOnlyList<PlanStep> Intercom(string number, in Way way)
    {
        why?.Say($"intercom to {number}: its phone is asked to answer by itself");
        if (directory.FeaturesOf(request.Tenant, number) is { } features && BusyReason(number, features) is { } reason)
            return [Refusal(486, EndReason.Busy, reason, new Destination.Extension(number))];

        return [Phones(number, TimeSpan.Zero, way) with { AnswersByItself = true }];
    }

    private PlanStep Phones(string number, TimeSpan ringTime, in Way way)
    {
        var decision = router.DecideInside(request, number);
        why?.Say($"extension {number}: {Words(decision)}");
        return new PlanStep(decision)
        {
            Target = new Destination.Extension(number),
            Numbers = [number],
            RingTime = ringTime,
            DivertedBy = way.By,
            History = way.History,
            Diversion = way.Reason,
        };
    }

    private IReadOnlyList<PlanStep> WithFeatures(string number, ExtensionFeatures features, in Way way)
    {
        if (features.ForwardAlways is { } always && Forward(number, always, DiversionReason.Unconditional, way) is { } forwarded)
            return forwarded;

        var busy = ForwardOrNull(number, features.ForwardBusy, DiversionReason.Busy, way);
        if (BusyReason(number, features) is { } reason)
        {
            why?.Say($"extension {number} is busy: {reason}");
            return busy ?? [Refusal(486, EndReason.Busy, reason, new Destination.Extension(number))];
        }

        var noAnswer = NoAnswer(number, features, way);
        var ringTime = features.RingSeconds > 0 ? TimeSpan.FromSeconds(features.RingSeconds) : noAnswer is not null ? options.StepRingTime : TimeSpan.Zero;
        return
        [
            Phones(number, ringTime, way) with
            {
                OnBusy = busy,
                OnNoAnswer = noAnswer,
                OnUnreachable = ForwardOrNull(number, features.ForwardUnreachable, DiversionReason.Unavailable, way),
            },
        ];
    }

    private string? BusyReason(string number, ExtensionFeatures features)
    {
        if (features.DoNotDisturb)
            return "do not disturb";

        var calls = features.MaxCalls > 0 || features.CallWaiting == false ? router.CallsOf(request.Tenant, number) : 0;
        if (features.MaxCalls > 0 && calls >= features.MaxCalls)
            return "it has as many calls as it may (maxCalls)";
        return calls > 0 && features.CallWaiting == false ? "in a call, without call waiting" : null;
    }

    private List<PlanStep>? NoAnswer(string number, ExtensionFeatures features, in Way way)
    {
        if (features.FollowMe.Count == 0 && features.ForwardNoAnswer is null)
            return null;

        var steps = new List<PlanStep>();
        foreach (var follow in features.FollowMe)
        {
            var begin = steps.Count;
            steps.AddRange(ForwardOrNull(number, follow.To, DiversionReason.NoAnswer, way) ?? []);
            if (steps.Count > begin)
                steps[begin] = steps[begin] with { RingTime = TimeSpan.FromSeconds(follow.RingSeconds) };
        }

        steps.AddRange(ForwardOrNull(number, features.ForwardNoAnswer, DiversionReason.NoAnswer, way) ?? []);
        return steps.Count > 0 ? steps : null;
    }

    private IReadOnlyList<PlanStep>? ForwardOrNull(string number, string? to, DiversionReason reason, in Way way) =>
        to is null ? null : Forward(number, to, reason, way);

    // Null when the call cannot be sent on any further.
    private IReadOnlyList<PlanStep>? Forward(string number, string to, DiversionReason reason, in Way way)
    {
        if (!Destination.TryParse(to, out var destination, out _))
            return null;

        if (_isLast || way.History.Diversions >= options.MaxForwards)
        {
            why?.Say($"extension {number} does not forward to {to}: the call was sent on {options.MaxForwards} times before");
            return null;
        }

        if (destination is Destination.Number { Digits: var digits } && directory.FeaturesOf(request.Tenant, number) is { } features && !features.Allows(digits))
        {
            why?.Say($"extension {number} does not forward to {to}: its allowedDestinations do not have it");
            return null;
        }

        why?.Say($"extension {number} forwards ({reason}) to {destination}");
        var history = way.History.Divert(router.UriOf(request.Tenant, number), reason);
        return WithoutServices(number, Resolve(destination, new Way(history, number) { Reason = reason }));
    }

    private IReadOnlyList<PlanStep> Group(string name, in Way way)
    {
        if (table?.FindGroup(name) is not { } group)
        {
            why?.Say($"there is no group {name}");
            return [Refusal(404, EndReason.NotFound, $"There is no group {name}", new Destination.Group(name))];
        }

        if (!Enter($"group {name}", out var refusal))
            return refusal;

        var steps = new List<PlanStep>();
        var members = Present(group);
        if (members.Count > 0 && group.Strategy == RingStrategy.All)
        {
            steps.Add(Together(group, members, way));
        }
        else
        {
            foreach (var member in Ordered(group, members))
                steps.Add(Phones(member, group.RingTime, way) with { Target = new Destination.Group(name), IsGroup = true });
        }

        if (steps.Count == 0)
            steps.Add(Refusal(480, EndReason.NotRegistered, $"Nobody of group {name} is there", new Destination.Group(name)));
        if (group.Otherwise is { } otherwise)
            steps.AddRange(Resolve(otherwise, way));
        Leave();
        return steps;
    }

    private PlanStep Together(RingGroup group, IReadOnlyList<string> members, in Way way)
    {
        var decision = router.Ring(request, members);
        why?.Say($"group {group.Name}: {string.Join(", ", members)} together: {Words(decision)}");
        return new PlanStep(decision)
        {
            Target = new Destination.Group(group.Name),
            Numbers = members,
            RingTime = group.RingTime,
            IsGroup = true,
            DivertedBy = way.By,
            History = way.History,
            Diversion = way.Reason,
        };
    }

    // Who does not want to be disturbed, is in a call or calls himself does not ring.
    private List<string> Present(RingGroup group)
    {
        var present = new List<string>(group.Members.Count);
        foreach (var member in group.Members)
        {
            if (request.From is null && member == request.Caller)
                continue;

            var features = directory.FeaturesOf(request.Tenant, member);
            if (features is not null && BusyReason(member, features) is { } reason)
                why?.Say($"member {member} is left out: {reason}");
            else if (group.SkipBusy && router.CallsOf(request.Tenant, member) > 0)
                why?.Say($"member {member} is left out: in a call");
            else
                present.Add(member);
        }

        return present;
    }

    private IReadOnlyList<string> Ordered(RingGroup group, List<string> members)
    {
        switch (group.Strategy)
        {
            case RingStrategy.Random:
                router.Shuffle(members);
                break;
            case RingStrategy.LongestIdle:
                router.SortByIdle(request.Tenant, members);
                break;
            default:
                break;
        }

        return members;
    }
}
