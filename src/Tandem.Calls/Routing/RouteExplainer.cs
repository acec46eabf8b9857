using Tandem.Calls.Calls;
using Tandem.Calls.Trunks;

namespace Tandem.Calls.Routing;

/// <summary>Makes the plan of a call that is not placed, and says why. On a shard.</summary>
internal static class RouteExplainer
{
    public static RouteExplanation Explain(CallEnvironment environment, RouteInquiry inquiry)
    {
        var why = new Explanation();
        if (Request(environment, inquiry, why) is not { } request)
            return new RouteExplanation(why.Lines, []);

        var plan = environment.Router.Explain(request, inquiry.At, why);
        return new RouteExplanation(why.Lines, [.. plan.Steps.Select(step => Of(environment, inquiry, step))]);
    }

    private static RouteRequest? Request(CallEnvironment environment, RouteInquiry inquiry, Explanation why)
    {
        var request = new RouteRequest(inquiry.Tenant, inquiry.From, inquiry.To) { Headers = HeadersOf(inquiry.Headers) };
        if (inquiry.Trunk.Length == 0)
        {
            request = request with { Called = environment.Router.Dialled(inquiry.Tenant, inquiry.To) };
            return DestinationText.IsDialled(request.Called) || !Destination.TryParse(inquiry.To, out var to, out _) ? request : request with { To = to };
        }

        if (environment.Trunks.Directory.Find(new ProfileId(inquiry.Trunk)) is not { } profile || profile.Tenant != inquiry.Tenant)
        {
            why.Say($"there is no SIP profile {inquiry.Trunk}");
            return null;
        }

        var number = profile.Numbers.TryReadCarrier(inquiry.To, out var e164) ? environment.Trunks.Directory.FindNumber(inquiry.Tenant, e164) : null;
        number ??= environment.Trunks.Directory.FindNumber(inquiry.Tenant, inquiry.To);
        if (number is null)
        {
            why.Say($"{inquiry.To} is no number of the tenant: the call is answered 404");
            return null;
        }

        why.Say($"{number.Number} is a number of the tenant, for {number.Target}");
        return request with { Called = number.Target, From = profile, Did = number.Number };
    }

    private static Func<string, IReadOnlyList<string>> HeadersOf(IReadOnlyDictionary<string, string>? headers) => name =>
    {
        foreach (var (known, value) in headers ?? new Dictionary<string, string>())
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
                return [value];
        }

        return [];
    };

    private static ExplainedStep Of(CallEnvironment environment, RouteInquiry inquiry, PlanStep step) => new(
        step.Target?.ToString(), PlanMaker.Words(step.Decision), (int)step.RingTime.TotalSeconds, step.DivertedBy, Toll(environment, inquiry, step.Decision),
        List(environment, inquiry, step.OnBusy), List(environment, inquiry, step.OnNoAnswer), List(environment, inquiry, step.OnUnreachable));

    private static ExplainedStep[]? List(CallEnvironment environment, RouteInquiry inquiry, IReadOnlyList<PlanStep>? steps) =>
        steps is null ? null : [.. steps.Select(step => Of(environment, inquiry, step))];

    // The first route that would be let out decides.
    private static string? Toll(CallEnvironment environment, RouteInquiry inquiry, DialDecision decision)
    {
        if (decision is not DialDecision.Trunk trunk)
            return null;

        string? refusal = null;
        foreach (var route in trunk.Routes)
        {
            var text = environment.Trunks.WhyNot(inquiry.From, route, inquiry.At);
            if (text is null)
                return null;

            refusal ??= text;
        }

        return refusal;
    }
}
