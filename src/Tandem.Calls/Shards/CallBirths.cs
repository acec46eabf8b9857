using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Shards;

/// <summary>What every new call on a shard needs, whatever it comes from: the decision of the dial plan, an identity, its first picture.</summary>
internal sealed class CallBirths(CallEnvironment environment, ExchangeOptions options, IExtensionDirectory extensions, SharedState shared)
{
    private readonly ExtensionRange _range = new(options.Calls.FirstExtension, options.Calls.LastExtension);

    /// <summary>The extension with that number; null when it is outside the range or does not exist.</summary>
    public Extension? Find(string number) => _range.Contains(number) ? extensions.Find(options.Tenant, number) : null;

    /// <summary>What the dial plan says about a call; <paramref name="callee"/> is what <see cref="Find"/> says about the called number.</summary>
    public DialDecision Decide(string caller, string called, Extension? callee, bool isSips)
    {
        // A provider keeps no promise of sips (RFC 5630 §5.3), and behind it nobody does.
        if (isSips || _range.Contains(called) || environment.Trunks.Find(options.Tenant, called) is not { Count: > 0 } routes)
            return DecideInside(caller, called, callee, isSips);

        // A number of the tenant itself is reached without going round by the provider, and for nothing.
        return environment.Trunks.Directory.FindNumber(options.Tenant, routes[0].Number.E164) is { } own && _range.Contains(own.Target)
            ? DecideInside(caller, own.Target, Find(own.Target), isSips)
            : new DialDecision.Trunk(routes);
    }

    /// <summary>The same for a call that may not leave the exchange.</summary>
    public DialDecision DecideInside(string caller, string called, Extension? callee, bool isSips)
    {
        var dial = new DialRequest(options.Tenant, caller, called, isSips);
        return Dialplan.Decide(dial, new DialSnapshot
        {
            InRange = _range.Contains(called),
            Exists = callee is { Enabled: true },
            Contacts = callee is null ? [] : shared.Registrar.Lookup(dial.Tenant, called),
            InCall = shared.Calls.IsInCall(dial.Tenant, called),
            CallWaiting = options.Calls.CallWaiting,
            MaxContacts = options.Calls.MaxContacts,
        });
    }

    /// <summary>How an extension is shown to a phone at <paramref name="flow"/>; empty for none.</summary>
    public string IdentityOf(Extension? extension, in SipFlow flow) => extension is null
        ? ""
        : Identity.NameAddr(extension.DisplayName, extension.Number, CalleeAddressing.Domain(options.Calls, environment.Engine.Addressing, flow));

    /// <summary>The first picture of a call; the addresses and Call-IDs of its legs are the maker's to add.</summary>
    public CallSnapshot Birth(string caller, string called)
    {
        var at = environment.WallClock.ToUtc(environment.Now);
        return new CallSnapshot
        {
            Id = CallId.New(at, environment.Random),
            Tenant = options.Tenant,
            TraceId = SessionIds.Make(environment.Random),
            State = CallState.Initiated,
            CallerNumber = caller,
            CalleeNumber = called,
            InitiatedAt = at,
        };
    }

    /// <summary>Makes and starts a call for which a place was reserved. False, and the place is given back, when making it failed.</summary>
    public bool TryBegin(Func<(LiveCall Call, Action Run)> make)
    {
        var entered = false;
        try
        {
            var (call, run) = make();
            shared.Calls.Add(call);
            entered = true;
            environment.Counters.CountCreated();
            call.Model.Announce();
            environment.Turns.Post(run);
            return true;
        }
        catch (Exception e) when (!entered)
        {
            // No call yet that could end with a verdict: the place must not stay behind.
            shared.Calls.GiveBack();
            environment.Counters.CountFault();
            environment.Faulted?.Invoke(default, e);
            return false;
        }
    }
}
