using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Security;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Shards;

/// <summary>
/// INVITEs outside a dialog. What is no call yet (a loop, an exchange that is stopping or full, wrong credentials, a message
/// that we cannot serve) is answered here and leaves no record; everything else becomes a call with its verdict.
/// </summary>
internal sealed class IncomingInvites(
    CallEnvironment environment, ExchangeOptions options, IExtensionDirectory extensions, SharedState shared, RequestAuthenticator authenticator) : IRequestHandler
{
    private readonly ExtensionRange _range = new(options.Calls.FirstExtension, options.Calls.LastExtension);

    public void Receive(SipMessage request, ServerTransaction server)
    {
        // A call of ours that came back to us would ring in circles until Max-Forwards ends it: RFC 5393 for a B2BUA.
        if (environment.OwnCallIds.Contains(Encoding.UTF8.GetString(request.CallId)))
        {
            environment.Counters.CountLoop();
            RefuseStranger(server, server.Reply(482));
            return;
        }

        if (shared.IsDraining)
        {
            environment.Counters.CountDrained();
            RefuseStranger(server, server.Reply(503).Header(HeaderName.RetryAfter, options.Calls.DrainRetryAfter));
            return;
        }

        var outcome = authenticator.Check(request, server.Flow, environment.Now);
        if (outcome.Response is { } response)
        {
            RefuseStranger(server, response);
            return;
        }

        if (outcome.Extension is not { } caller)
            Refuse(server, 403);
        else if (IsServable(request, server))
            TryBegin(request, server, caller);
    }

    private void TryBegin(SipMessage request, ServerTransaction server, Extension caller)
    {
        var entered = false;
        try
        {
            var call = Make(request, server, caller, out var decision, out var addressing);
            shared.Calls.Add(call);
            entered = true;
            environment.Counters.CountCreated();
            call.Model.Announce();
            environment.Turns.Post(() => new CallStory(call, addressing).Run(decision));
        }
        catch (Exception e) when (!entered)
        {
            // No call yet that could end with a verdict: the place and the transaction must not stay behind.
            shared.Calls.GiveBack();
            environment.Counters.CountFault();
            environment.Faulted?.Invoke(default, e);
            Refuse(server, 500);
        }
    }

    private bool IsServable(SipMessage request, ServerTransaction server)
    {
        if (!request.Body.IsEmpty && !request.ContentTypeIs("application/sdp"u8))
        {
            Refuse(server, 415, w => w.Header(HeaderName.Accept, "application/sdp"u8));
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

        if (!shared.Calls.TryReserve(options.Calls.MaxCalls))
        {
            environment.Counters.CountOverloaded();
            Refuse(server, 503, w => w.Header(HeaderName.RetryAfter, options.Calls.OverloadRetryAfter));
            return false;
        }

        return true;
    }

    private LiveCall Make(SipMessage request, ServerTransaction server, Extension caller, out DialDecision decision, out CalleeAddressing addressing)
    {
        environment.Engine.Respond(server, server.Reply(100), environment.Now);
        var called = CalledNumber(request);
        var callee = _range.Contains(called) ? extensions.Find(options.Tenant, called) : null;
        var dial = new DialRequest(options.Tenant, caller.Number, called);
        decision = Dialplan.Decide(dial, Snapshot(dial, callee));
        addressing = new CalleeAddressing(caller, called, request, options.Calls, environment.Engine.Addressing);

        var domain = CalleeAddressing.Domain(options.Calls, environment.Engine.Addressing, server.Flow);
        var identity = callee is null ? "" : Identity.NameAddr(callee.DisplayName, called, domain);
        var model = new Call(Birth(request, server, caller.Number, called), environment.WallClock, environment.Events);
        var call = new LiveCall(model, environment);
        var leg = new InboundLeg(call, request, server, called, identity);
        call.Caller = leg;
        call.Origin = leg;
        return call;
    }

    private DialSnapshot Snapshot(in DialRequest dial, Extension? callee) => new()
    {
        InRange = _range.Contains(dial.CalledNumber),
        Exists = callee is { Enabled: true },
        Contacts = callee is null ? [] : shared.Registrar.Lookup(dial.Tenant, dial.CalledNumber),
        InCall = shared.Calls.IsInCall(dial.Tenant, dial.CalledNumber),
        CallWaiting = options.Calls.CallWaiting,
        MaxContacts = options.Calls.MaxContacts,
    };

    private CallSnapshot Birth(SipMessage request, ServerTransaction server, string caller, string called)
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
            CallerAddress = server.Flow.Remote.ToString(),
            CallerSipCallId = Encoding.UTF8.GetString(request.CallId),
            InitiatedAt = at,
        };
    }

    private static string CalledNumber(SipMessage request) =>
        SipUriValue.TryParse(request.RequestUri, out var uri) ? uri.UserText() : "";

    // Nobody is authenticated yet and the source may be forged: one answer, never repeated, and nothing is kept.
    private void RefuseStranger(ServerTransaction server, SipWriter response)
    {
        environment.Engine.RespondWithoutState(server, response.Header(HeaderName.Server, options.Calls.Product));
    }

    private void Refuse(ServerTransaction server, int status, Action<SipWriter>? headers = null, string reason = "")
    {
        var response = server.Reply(status, reason).Header(HeaderName.Server, options.Calls.Product);
        headers?.Invoke(response);
        environment.Engine.Respond(server, response, environment.Now);
    }
}
