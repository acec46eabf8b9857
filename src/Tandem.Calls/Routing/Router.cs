using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;

namespace Tandem.Calls.Routing;

/// <summary>
/// Says what happens to a call, before it happens: the answer to "what would dialling this do". On a shard; it changes nothing, and the same
/// state of the exchange gives the same plan (but for what is left to chance: weights of trunks, groups in random order).
/// </summary>
internal sealed partial class Router(CallEnvironment environment, ExchangeOptions options, IExtensionDirectory extensions, IRoutingDirectory routing, SharedState shared)
{
    private readonly FeatureTable _features = new(options.Calls, options.Routing.Codes);

    /// <summary>The plan for a call.</summary>
    public CallPlan Plan(in RouteRequest request) => NeedsMaker(request) ? Maker(request, null, Wall).Make() : CallPlan.Of(DecideNumber(request));

    /// <summary>The plan for a call at a time, and why it is that one.</summary>
    public CallPlan Explain(in RouteRequest request, DateTimeOffset at, Explanation why) => Maker(request, why, at).Make();

    /// <summary>What a step that begins now rings: phones may have come and gone since the plan was made.</summary>
    public DialDecision Refresh(in RouteRequest request, PlanStep step) => step.Numbers is { } numbers ? Ring(request, numbers) : step.Decision;

    /// <summary>The extension of a tenant with that number; null when it is outside the range or does not exist.</summary>
    public Extension? Find(TenantId tenant, string number) => shared.Domains.CanHave(tenant, number) ? extensions.Find(tenant, number) : null;

    /// <summary>The service at a number; null when the exchange itself is not at it.</summary>
    public ExchangeService? FindService(TenantId tenant, string called)
    {
        if (called.Length > 0 && (called == options.Routing.Codes.Redial || called == options.Routing.Codes.LastCaller))
            return null;
        if (IntercomTo(called) is not null)
            return null; // its code may begin with that of another feature
        if (_features.Find(called) is { } feature)
            return feature;
        if (shared.Queues.At(tenant, called) is { } queue)
            return new ExchangeService.Queue(queue);

        // What a tenant has at a number of a slot goes before: slots are there for everybody, and any other one will do.
        return shared.Parking.Options.IsSlot(called) && Find(tenant, called) is null ? new ExchangeService.Retrieve(called) : null;
    }

    /// <summary>What a phone means by a code that stands for a number: what it dialled last, who called it last. Any other number is itself.</summary>
    public string Meant(TenantId tenant, string caller, string called)
    {
        if (called.Length == 0 || char.IsAsciiDigit(called[0]) || called[0] == '+')
            return Dialled(tenant, called);
        if (called == options.Routing.Codes.Redial)
            return shared.Last.DialledBy(tenant, caller) ?? called;
        if (called != options.Routing.Codes.LastCaller || shared.Last.CallerOf(tenant, caller) is not { } last)
            return called;

        return LeadsToHelp(new RouteRequest(tenant, caller, last)) ? called : last; // who calls back does not call for help
    }

    /// <summary>True unless what the extension has set forbids a number.</summary>
    public bool MayDial(TenantId tenant, string extension, string number) => routing.FeaturesOf(tenant, extension)?.Allows(number) is not false || IsEmergency(tenant, number);

    /// <summary>Whose calls an extension may pick up, and who may pick up its calls; null for nobody.</summary>
    public string? PickupGroupOf(TenantId tenant, string extension) => routing.FeaturesOf(tenant, extension)?.PickupGroup;

    /// <summary>Keeps a call of a phone for redial and for who is called.</summary>
    public void NoteCall(TenantId tenant, string caller, string called, bool isSecret)
    {
        if (called.Length > 0 && called[0] != '*')
            shared.Last.Note(tenant, caller, called, isSecret || Find(tenant, called) is null); // who called is kept of those who can ask for it
    }

    /// <summary>Keeps a call from outside for who is called.</summary>
    public void NoteCallFromOutside(TenantId tenant, string caller, string called, bool isSecret)
    {
        if (!isSecret)
            shared.Last.NoteCaller(tenant, called, caller);
    }

    /// <summary>The extension behind the code of intercom; null for any other number.</summary>
    public string? IntercomTo(string called) => options.Routing.Codes.IntercomTo(called);

    /// <summary>Changes what an extension has set; false when it cannot be so.</summary>
    public bool TryChange(TenantId tenant, string number, FeatureChange change, string argument)
    {
        if (Find(tenant, number) is null || FeatureChanges.Apply(change, argument, number, routing.FeaturesOf(tenant, number) ?? new ExtensionFeatures()) is not { } features)
            return false;

        routing.SetFeatures(tenant, number, features);
        return true;
    }

    /// <summary>What a destination does that no rule, forward or group has a part in.</summary>
    public DialDecision DecidePlainly(in RouteRequest request, Destination to) => to switch
    {
        Destination.Number number => DecideNumber(request with { Called = number.Digits, Callee = null, To = null }),
        Destination.Extension extension => DecideInside(request, extension.Digits),
        Destination.Trunk trunk => DecideOutside(request, trunk.Digits, trunk.Profile, null),
        Destination.Reject reject => new DialDecision.Reject(reject.Status, Verdicts.ReasonOf(reject.Status), "Refused by a rule"),
        Destination.External external => DecideExternal(request, external.Uri),
        _ when ServiceDestinations.Find(to) is { } service => new DialDecision.Serve(service),
        _ => new DialDecision.Reject(404, EndReason.NotFound, $"There is nothing at {to}"),
    };

    /// <summary>
    /// What a number is inside the tenant: an extension or another destination; null when it is a number of the outside world that a profile takes. A provider keeps no
    /// promise of sips (RFC 5630 §5.3), and behind it nobody does. A number of the tenant itself is reached without going round by the provider, and for nothing.
    /// </summary>
    public string? OwnNumber(in RouteRequest request, string number, bool mayLeave)
    {
        if (!mayLeave || request.IsSips || IsInside(request.Tenant, number) || environment.Trunks.Find(request.Tenant, number) is not { Count: > 0 } routes)
            return number;

        return OwnTarget(request.Tenant, routes);
    }

    /// <summary>
    /// Which profiles take a number to the outside world. None keeps the promise of sips (RFC 5630 §5.3); but who calls for help by sips is better helped without it than refused.
    /// </summary>
    /// <param name="request">The call.</param>
    /// <param name="number">What is dialled.</param>
    /// <param name="profile">Only this one; empty for all.</param>
    /// <param name="weights">Only these, with their weights; null for all, with their own.</param>
    public DialDecision DecideOutside(in RouteRequest request, string number, string profile, IReadOnlyDictionary<string, int>? weights)
    {
        var routes = request.IsSips && !IsEmergency(request.Tenant, number) ? [] : environment.Trunks.Find(request.Tenant, number, profile, weights);
        return routes.Count > 0 ? new DialDecision.Trunk(routes) : new DialDecision.Reject(404, EndReason.NotFound, "No profile takes this number");
    }

    /// <summary>What the phones of an extension can do for a call.</summary>
    public DialDecision DecideInside(in RouteRequest request, string called) => DecideInside(request, called, Find(request.Tenant, called));

    /// <summary>The phones of several extensions ring together; the refusal of the last one, when none can.</summary>
    public DialDecision Ring(in RouteRequest request, IReadOnlyList<string> numbers)
    {
        if (numbers is [var only])
            return DecideInside(request, only);

        var contacts = new List<Registrar.Binding>();
        DialDecision? refusal = null;
        foreach (var number in numbers)
        {
            var decision = DecideInside(request, number);
            if (decision is not DialDecision.Ring ring)
                refusal = decision;
            else if (contacts.Count < options.Calls.MaxContacts)
                contacts.AddRange(ring.Contacts);
        }

        return contacts.Count > 0 ? new DialDecision.Ring(contacts) : refusal ?? new DialDecision.Reject(480, EndReason.NotRegistered, "Nobody is there");
    }

    /// <summary>Calls that a number takes part in.</summary>
    public int CallsOf(TenantId tenant, string number) => shared.Calls.Of(tenant, number, options.Calls.MaxCalls).Length;

    /// <summary>A number as an address, for the history of a call.</summary>
    public string UriOf(TenantId tenant, string number)
    {
        var domain = shared.Domains.DomainOf(tenant);
        if (domain.Length == 0)
            domain = options.Calls.Domain;
        return $"sip:{Sip.Messages.SipEscaping.EscapeUser(number)}@{(domain.Length > 0 ? domain : "anonymous.invalid")}";
    }

    public void Shuffle(List<string> numbers) => environment.Random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(numbers));

    /// <summary>Who has answered a planned call longest ago comes first; of those who never did, in the order that they are in.</summary>
    public void SortByIdle(TenantId tenant, List<string> numbers)
    {
        var sorted = numbers.OrderBy(number => shared.Idle.SinceOf(tenant, number)).ToList();
        numbers.Clear();
        numbers.AddRange(sorted);
    }

    /// <summary>A member of a group answers, or comes out of a call.</summary>
    public void MarkIdle(TenantId tenant, string number) => shared.Idle.Touch(tenant, number, environment.Now);

    // RFC 5630 §5.3: a call to sips: stays on TLS on every hop.
    private DialDecision DecideExternal(in RouteRequest request, string uri)
    {
        if (!environment.Trunks.Options.External)
            return new DialDecision.Reject(403, EndReason.Forbidden, "Calls to SIP addresses are not allowed here (EXTERNAL_CALLS)");

        var domain = shared.Domains.DomainOf(request.Tenant);
        if (domain.Length == 0)
            domain = options.Calls.Domain.Length > 0 ? options.Calls.Domain : "anonymous.invalid";
        return (!request.IsSips || uri.StartsWith("sips:", StringComparison.Ordinal)) && ExternalAddress.RouteTo(request.Tenant, uri, request.Caller, domain) is { } route
            ? new DialDecision.Trunk([route])
            : new DialDecision.Reject(404, EndReason.NotFound, $"Nothing leads to {uri}");
    }

    private DateTimeOffset Wall => environment.WallClock.ToUtc(environment.Now);

    private PlanMaker Maker(in RouteRequest request, Explanation? why, DateTimeOffset at) => new(this, options.Routing, routing.Of(request.Tenant), routing, request, at, why);

    // Without rules, and with nothing set for either side, the answer is one decision and costs no more than that.
    private bool NeedsMaker(in RouteRequest request) => request.To is not null || routing.Of(request.Tenant) is not null
        || routing.FeaturesOf(request.Tenant, request.Called) is not null || (request.From is null && routing.FeaturesOf(request.Tenant, request.Caller) is not null)
        || (request.From is not null && !DestinationText.IsDialled(request.Called)) || (request.From is null && request.Called is ['*', ..] && IntercomTo(request.Called) is not null);

    private DialDecision DecideNumber(in RouteRequest request)
    {
        if (request.From is null && IsEmergency(request.Tenant, request.Called))
            return DecideOutside(request, request.Called, "", null);

        if (FindService(request.Tenant, request.Called) is { } service)
            return new DialDecision.Serve(service);

        var callee = request.Callee ?? Find(request.Tenant, request.Called);
        return request.From is null ? DecideDialled(request, request.Called, callee) : DecideInside(request, request.Called, callee);
    }

    private DialDecision DecideDialled(in RouteRequest request, string called, Extension? callee)
    {
        if (request.IsSips || IsInside(request.Tenant, called, callee) || environment.Trunks.Find(request.Tenant, called) is not { Count: > 0 } routes)
            return DecideInside(request, called, callee);

        if (OwnTarget(request.Tenant, routes) is not { } own)
            return new DialDecision.Trunk(routes);

        return Destination.TryParse(own, out var target, out _) && target is not Destination.Number ? DecidePlainly(request, target) : DecideInside(request, own);
    }

    private string? OwnTarget(TenantId tenant, IReadOnlyList<TrunkRoute> routes) =>
        environment.Trunks.Directory.FindNumber(tenant, routes[0].Number.E164) is { } own && (shared.Domains.CanHave(tenant, own.Target) || !DestinationText.IsDialled(own.Target)) ? own.Target : null;

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

    // The home tenant has a range of its own; of another one a number is inside when somebody has it.
    private bool IsInside(TenantId tenant, string called, Extension? callee) =>
        tenant == shared.Domains.Home ? shared.Domains.CanHave(tenant, called) : callee is not null;

    private bool IsInside(TenantId tenant, string called) => IsInside(tenant, called, Find(tenant, called));
}
