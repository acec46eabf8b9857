using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Shards;

/// <summary>What every new call on a shard needs, whatever it comes from: the decision of the dial plan, an identity, its first picture.</summary>
internal sealed class CallBirths(CallEnvironment environment, ExchangeOptions options, SharedState shared)
{
    /// <summary>The extension of a tenant with that number; null when it is outside the range or does not exist.</summary>
    public Extension? Find(TenantId tenant, string number) => environment.Router.Find(tenant, number);

    /// <summary>True while a tenant may call and be called.</summary>
    public bool IsEnabled(TenantId tenant) => shared.Domains.IsEnabled(tenant);

    /// <summary>What phones of a tenant see behind the @; empty for the one of the installation.</summary>
    public string DomainOf(TenantId tenant) => shared.Domains.DomainOf(tenant);

    /// <summary>What happens to a call.</summary>
    public CallPlan Plan(in RouteRequest request) => environment.Router.Plan(request);

    /// <summary>How an extension is shown to a phone at <paramref name="flow"/>; empty for none.</summary>
    public string IdentityOf(Extension? extension, in SipFlow flow) => extension is null
        ? ""
        : Identity.NameAddr(extension.DisplayName, extension.Number, CalleeAddressing.Domain(options.Calls, environment.Engine.Addressing, flow, DomainOf(extension.Tenant)));

    /// <summary>The first picture of a call.</summary>
    /// <param name="tenant">Whose call it is.</param>
    /// <param name="caller">The number of the caller.</param>
    /// <param name="called">The number that was dialled.</param>
    /// <param name="address">Where the caller's phone is; empty while that is not known.</param>
    /// <param name="callId">The Call-ID of its dialog; empty for none.</param>
    /// <param name="isPrivate">The caller wants to stay unknown to the callee.</param>
    /// <param name="way">Which way it goes and by which profile; inside without.</param>
    public CallSnapshot Birth(TenantId tenant, string caller, string called, string address = "", string callId = "", bool isPrivate = false,
        (CallDirection Direction, string? ProfileId) way = default)
    {
        var at = environment.WallClock.ToUtc(environment.Now);
        return new CallSnapshot
        {
            Id = CallId.New(at, environment.Random),
            Tenant = tenant,
            TraceId = SessionIds.Make(environment.Random),
            State = CallState.Initiated,
            CallerNumber = caller,
            CalleeNumber = called,
            CallerIsPrivate = isPrivate,
            CallerAddress = address,
            CallerSipCallId = callId,
            InitiatedAt = at,
            Direction = way.Direction,
            ProfileId = way.ProfileId ?? "",
        };
    }

    /// <summary>Makes and starts a call for which a place was reserved. False, and the place is given back, when making it failed.</summary>
    /// <param name="isForHelp">The place is one that only calls for help have.</param>
    public bool TryBegin(TenantId tenant, Func<(LiveCall Call, Action Run)> make, bool isForHelp = false)
    {
        var entered = false;
        try
        {
            var (call, run) = make();
            call.HasPlaceForHelp = isForHelp;
            shared.Calls.Add(call);
            entered = true;
            environment.Counters.CountCreated();
            call.Model.Announce();
            environment.Turns.Post(run);

            // Who hangs up what is left sees this one, or it sees him: between the two nobody would tell its phones.
            Interlocked.MemoryBarrier();
            if (shared.IsClosing)
                call.HangUp(EndReason.Shutdown);
            return true;
        }
        catch (Exception e) when (!entered)
        {
            // No call yet that could end with a verdict: the place must not stay behind.
            shared.Calls.GiveBack(tenant, isForHelp);
            environment.Counters.CountFault();
            environment.Faulted?.Invoke(default, e);
            return false;
        }
    }
}
