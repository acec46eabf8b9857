using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;

namespace Tandem.Calls.Routing;

/// <summary>
/// Says what happens to a call, before it happens: the answer to "what would dialling this do". On a shard; it changes nothing, and the same
/// state of the exchange gives the same plan (but for the weights of trunks).
/// </summary>
internal sealed class Router(CallEnvironment environment, ExchangeOptions options, IExtensionDirectory extensions, SharedState shared)
{
    private readonly FeatureTable _features = new(options.Calls, options.Routing.Codes);

    /// <summary>The plan for a call.</summary>
    public CallPlan Plan(in RouteRequest request) => CallPlan.Of(request.To is { } to ? Decide(request, to) : DecideNumber(request));

    /// <summary>What a step that begins now rings: phones may have come and gone since the plan was made.</summary>
    public DialDecision Refresh(in RouteRequest request, PlanStep step) =>
        step.Numbers is { } numbers ? Ring(request, numbers) : step.Decision;

    /// <summary>The extension of a tenant with that number; null when it is outside the range or does not exist.</summary>
    public Extension? Find(TenantId tenant, string number) => shared.Domains.CanHave(tenant, number) ? extensions.Find(tenant, number) : null;

    private DialDecision DecideNumber(in RouteRequest request) => (_features.Find(request.Called) ?? QueueAt(request)) is { } service
        ? new DialDecision.Serve(service)
        : request.From is null
            ? DecideDialled(request, request.Called, request.Callee ?? Find(request.Tenant, request.Called))
            : DecideInside(request, request.Called, request.Callee ?? Find(request.Tenant, request.Called));

    private ExchangeService.Queue? QueueAt(in RouteRequest request) => shared.Queues.At(request.Tenant, request.Called) is { } queue ? new ExchangeService.Queue(queue) : null;

    private DialDecision Decide(in RouteRequest request, Destination to) => to switch
    {
        Destination.Number number => DecideNumber(request with { Called = number.Digits, Callee = null, To = null }),
        Destination.Extension extension => DecideInside(request, extension.Digits, Find(request.Tenant, extension.Digits)),
        Destination.Trunk trunk => DecideOutside(request, trunk.Digits, trunk.Profile),
        Destination.Reject reject => new DialDecision.Reject(reject.Status, Verdicts.ReasonOf(reject.Status), "Refused by a rule"),
        _ when ServiceDestinations.Find(to) is { } service => new DialDecision.Serve(service),
        _ => new DialDecision.Reject(404, EndReason.NotFound, $"There is nothing at {to}"),
    };

    // A provider keeps no promise of sips (RFC 5630 §5.3), and behind it nobody does.
    private DialDecision DecideDialled(in RouteRequest request, string called, Extension? callee)
    {
        if (request.IsSips || IsInside(request.Tenant, called, callee) || environment.Trunks.Find(request.Tenant, called) is not { Count: > 0 } routes)
            return DecideInside(request, called, callee);

        // A number of the tenant itself is reached without going round by the provider, and for nothing.
        return environment.Trunks.Directory.FindNumber(request.Tenant, routes[0].Number.E164) is { } own && shared.Domains.CanHave(request.Tenant, own.Target)
            ? DecideInside(request, own.Target, Find(request.Tenant, own.Target))
            : new DialDecision.Trunk(routes);
    }

    private DialDecision DecideOutside(in RouteRequest request, string called, string profile)
    {
        var routes = environment.Trunks.Find(request.Tenant, called);
        if (profile.Length > 0)
            routes = [.. routes.Where(route => route.Profile.Id.Value == profile)];
        return routes.Count > 0 && !request.IsSips
            ? new DialDecision.Trunk(routes)
            : new DialDecision.Reject(404, EndReason.NotFound, "No profile takes this number");
    }

    private DialDecision DecideInside(in RouteRequest request, string called, Extension? callee)
    {
        var dial = new DialRequest(request.Tenant, request.Caller, called, request.IsSips);
        return Dialplan.Decide(dial, new DialSnapshot
        {
            InRange = shared.Domains.CanHave(dial.Tenant, called),
            Exists = callee is { Enabled: true },
            Contacts = callee is null ? [] : shared.Registrar.Lookup(dial.Tenant, called),
            InCall = shared.Calls.IsInCall(dial.Tenant, called),
            CallWaiting = options.Calls.CallWaiting,
            MaxContacts = options.Calls.MaxContacts,
        });
    }

    // The phones of several extensions ring together; the refusal of the last one, when none can.
    private DialDecision Ring(in RouteRequest request, IReadOnlyList<string> numbers)
    {
        var contacts = new List<Registrar.Binding>();
        DialDecision? refusal = null;
        foreach (var number in numbers)
        {
            if (DecideInside(request, number, Find(request.Tenant, number)) is not DialDecision.Ring ring)
                refusal = DecideInside(request, number, Find(request.Tenant, number));
            else if (contacts.Count < options.Calls.MaxContacts)
                contacts.AddRange(ring.Contacts);
        }

        return contacts.Count > 0 ? new DialDecision.Ring(contacts) : refusal ?? new DialDecision.Reject(480, EndReason.NotRegistered, "Nobody is there");
    }

    // The home tenant has a range of its own; of another one a number is inside when somebody has it.
    private bool IsInside(TenantId tenant, string called, Extension? callee) =>
        tenant == shared.Domains.Home ? shared.Domains.CanHave(tenant, called) : callee is not null;
}
