using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing;
using Tandem.Calls.Security;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Shards;

/// <summary>
/// INVITEs outside a dialog. What is no call yet (a loop, an exchange that is stopping or full, wrong credentials, a message
/// that we cannot serve) is answered here and leaves no record; everything else becomes a call with its verdict.
/// </summary>
internal sealed partial class IncomingInvites(
    CallEnvironment environment, ExchangeOptions options, CallBirths births, SharedState shared, RequestAuthenticator authenticator, ReplacingInvites replacing)
    : IRequestHandler
{
    public void Receive(SipMessage request, ServerTransaction server)
    {
        // From a shard of this process: the flow says so, and no socket has such a flow. What it asks for was checked there.
        if (server.Flow.Transport == SipTransportKind.Internal)
        {
            var tenant = InternalFlows.TenantOf(request);
            if (IsServable(request, server, tenant, out _, isNew: false))
                replacing.Receive(request, server, tenant, caller: null);
            return;
        }

        // A call of ours that came back to us would ring in circles until Max-Forwards ends it: RFC 5393 for a B2BUA.
        if (environment.IsOwnCallId(request.CallId))
        {
            environment.Counters.CountLoop();
            RefuseStranger(server, server.Reply(482));
            return;
        }

        // Another node would take it, perhaps: nobody knows, and who calls for help is not sent away.
        if (shared.IsDraining && (shared.IsClosing || !MayBeForHelp(request)))
        {
            RefuseDrained(server);
            return;
        }

        var profile = InboundMatch.Find(request, server.Flow, environment.Trunks, out var unproven);
        if ((profile ?? unproven) is not null && !ClaimsExtension(request))
        {
            if (profile is not null)
            {
                if (shared.IsDraining)
                    RefuseDrained(server);
                else
                    ReceiveFromProvider(request, server, profile);
                return;
            }

            // He gets the answer of a stranger, which tells him nothing; who runs the exchange is told why.
            environment.Trunks.NoteUnproven(unproven!, server.Flow);
        }

        var outcome = authenticator.Check(request, server.Flow, environment.Now);
        if (outcome.Response is { } response)
        {
            RefuseStranger(server, response);
            return;
        }

        if (outcome.Extension is not { } caller)
            Refuse(server, 403);
        else if (!IsServable(request, server, caller.Tenant, out var isForHelp, caller))
            return;
        else if (request.Has(HeaderName.Replaces))
            replacing.Receive(request, server, caller.Tenant, caller);
        else if (!births.TryBegin(caller.Tenant, () => Make(request, server, caller), isForHelp))
            Refuse(server, 500);
    }

    // A phone behind the address of a trunk proves itself as any phone does.
    private bool ClaimsExtension(SipMessage request) =>
        request.Has(HeaderName.ProxyAuthorization) || (request.TryGetFrom(out var from) && from.TryGetUri(out var uri) && authenticator.TenantOf(request) is { } tenant && births.Find(tenant, uri.UserText()) is not null
            && SipUriValue.TryParse(request.RequestUri, out var asked) && environment.Trunks.Directory.FindToken(asked.UserText()) is null);

    // It may reach the numbers of its tenant and nothing else: there is no way from here to the outside.
    private void ReceiveFromProvider(SipMessage request, ServerTransaction server, SipProfile profile)
    {
        if (!births.IsEnabled(profile.Tenant) || InboundMatch.NumberOf(request, profile, environment.Trunks.Directory) is not { } number)
        {
            RefuseStranger(server, server.Reply(404));
            return;
        }

        if (request.Has(HeaderName.Replaces))
        {
            RefuseStranger(server, server.Reply(403));
            return;
        }

        if (!IsServable(request, server, profile.Tenant, out _))
            return;

        if (environment.Trunks.TryEnterInbound(profile) is not { } trunk)
        {
            shared.Calls.GiveBack(profile.Tenant);
            Refuse(server, 503, w => w.Header(HeaderName.RetryAfter, options.Calls.OverloadRetryAfter));
            return;
        }

        if (births.TryBegin(profile.Tenant, () => MakeInbound(request, server, trunk, number)))
            return;

        trunk.End();
        Refuse(server, 500);
    }

    private (LiveCall Call, Action Run) MakeInbound(SipMessage request, ServerTransaction server, TrunkUse trunk, ProfileNumber number)
    {
        environment.Engine.Respond(server, server.Reply(100), environment.Now);
        var caller = InboundMatch.CallerOf(request, trunk.Profile);
        var callee = births.Find(trunk.Profile.Tenant, number.Target);
        var route = new RouteRequest(trunk.Profile.Tenant, caller.Number, number.Target) { Callee = callee, From = trunk.Profile, Did = number.Number, Invite = request };
        var plan = births.Plan(route);
        var addressing = new CalleeAddressing(caller, number.Target, request, options.Calls, environment.Engine.Addressing)
        {
            IsSips = false,
            TenantDomain = births.DomainOf(trunk.Profile.Tenant),
        };
        var birth = births.Birth(
            trunk.Profile.Tenant, caller.Number, number.Target, server.Flow.Remote.ToString(), Encoding.UTF8.GetString(request.CallId), addressing.HidesCaller,
            (CallDirection.Inbound, trunk.Profile.Id.Value));
        var call = new LiveCall(new Call(birth, environment.WallClock, environment.Events), environment);
        environment.Router.NoteCallFromOutside(trunk.Profile.Tenant, caller.Number, number.Target, addressing.HidesCaller);
        var leg = new InboundLeg(call, request, server, number.Number, "", trunk);
        call.Caller = leg;
        call.Origin = leg;
        return (call, () => new CallStory(call, addressing).Run(plan));
    }

    // Takes a place too; isForHelp when it is one that only calls for help have.
    private bool IsServable(SipMessage request, ServerTransaction server, TenantId tenant, out bool isForHelp, Extension? caller = null, bool isNew = true)
    {
        isForHelp = false;
        if (request.ReadSession(out _) == SessionBody.Unknown)
        {
            Refuse(server, 415, w => w.Header(HeaderName.Accept, Capabilities.SessionBodies));
            return false;
        }

        // RFC 3261 §21.4.7: our 2xx has an SDP, which this caller says that it does not take.
        if (!AcceptsSdp(request))
        {
            Refuse(server, 406, w => w.Header(HeaderName.Accept, "application/sdp"u8));
            return false;
        }

        if (SessionTimer.RefusalOf(request, options.Calls) is var least and > 0)
        {
            Refuse(server, 422, w => w.Header(HeaderName.MinSE, least));
            return false;
        }

        // RFC 3323 §5: the reason phrase says what is missing.
        if (PrivacyWish.Of(request).CannotBeServed)
        {
            Refuse(server, 500, reason: "Privacy Not Available");
            return false;
        }

        if (environment.Engine.OpenDialog(server) is null)
        {
            Refuse(server, 400, reason: "Missing Contact");
            return false;
        }

        if (!(isNew ? TryReserve(request, tenant, caller, out isForHelp) : shared.Calls.TryReserveNext(options.Calls.MaxCalls, tenant)))
        {
            environment.Counters.CountOverloaded();
            Refuse(server, 503, w => w.Header(HeaderName.RetryAfter, options.Calls.OverloadRetryAfter));
            return false;
        }

        return true;
    }

    private (LiveCall Call, Action Run) Make(SipMessage request, ServerTransaction server, Extension caller)
    {
        environment.Engine.Respond(server, server.Reply(100), environment.Now);
        var called = environment.Router.Meant(caller.Tenant, caller.Number, CalledNumber(request));
        var callee = births.Find(caller.Tenant, called);
        var plan = births.Plan(new RouteRequest(caller.Tenant, caller.Number, called) { Callee = callee, IsSips = SipTargets.IsSips(request.RequestUri), Invite = request });
        var addressing = new CalleeAddressing(caller, called, request, options.Calls, environment.Engine.Addressing) { TenantDomain = births.DomainOf(caller.Tenant) };
        var birth = births.Birth(
            caller.Tenant, caller.Number, called, server.Flow.Remote.ToString(), Encoding.UTF8.GetString(request.CallId), addressing.HidesCaller,
            CallWay.Of(caller: null, plan.First));
        var call = new LiveCall(new Call(birth, environment.WallClock, environment.Events), environment);
        environment.Router.NoteCall(caller.Tenant, caller.Number, called, addressing.HidesCaller);
        var leg = new InboundLeg(call, request, server, called, births.IdentityOf(callee, server.Flow));
        call.Caller = leg;
        call.Origin = leg;
        return (call, () => new CallStory(call, addressing).Run(plan));
    }

    /// <summary>The number that an INVITE is for: the user part of its Request-URI, unescaped.</summary>
    public static string CalledNumber(SipMessage request) =>
        SipUriValue.TryParse(request.RequestUri, out var uri) ? uri.UserText() : "";

    private static bool AcceptsSdp(SipMessage request)
    {
        if (!request.Has(HeaderName.Accept))
            return true;

        foreach (var range in request.Values(HeaderName.Accept))
        {
            if (SipBodies.IsType(range, "application/sdp"u8) || SipBodies.IsType(range, "application/*"u8) || SipBodies.IsType(range, "*/*"u8))
                return true;
        }

        return false;
    }

    // Nobody is authenticated yet and the source may be forged: one answer, never repeated, and nothing is kept.
    private void RefuseStranger(ServerTransaction server, SipWriter response)
    {
        environment.Engine.RespondWithoutState(server, response.Header(HeaderName.Server, options.Calls.Product));
    }

    private void RefuseDrained(ServerTransaction server)
    {
        environment.Counters.CountDrained();
        RefuseStranger(server, server.Reply(503).Header(HeaderName.RetryAfter, options.Calls.DrainRetryAfter));
    }

    private void Refuse(ServerTransaction server, int status, Action<SipWriter>? headers = null, string reason = "")
    {
        var response = server.Reply(status, reason).Header(HeaderName.Server, options.Calls.Product);
        headers?.Invoke(response);
        environment.Engine.Respond(server, response, environment.Now);
    }
}
