using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Security;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Shards;

/// <summary>Requests outside a dialog that are neither INVITE nor REGISTER.</summary>
internal sealed class OutOfDialogRequests(CallEnvironment environment, RequestAuthenticator authenticator, SharedState shared)
{
    /// <summary>OPTIONS gets 200 with what we can (RFC 3261 §11.2); the rest has no meaning outside a dialog here: 405.</summary>
    public void Receive(SipMessage request, ServerTransaction server)
    {
        var engine = environment.Engine;
        if (request.Method == SipMethod.Options && authenticator.Check(request, server.Flow, environment.Now).Response is { } challenge)
        {
            engine.RespondWithoutState(server, challenge);
            return;
        }

        var response = Answer(request, server);
        response.Header(HeaderName.Server, environment.Options.Product);
        if (server.Dialog is null)
            engine.RespondWithoutState(server, response); // nobody was authenticated: answered once and forgotten
        else
            engine.Respond(server, response, environment.Now);
    }

    // §11.2: the answer is the one that an INVITE would get, and while the exchange is being stopped that is 503.
    private SipWriter Answer(SipMessage request, ServerTransaction server)
    {
        if (request.Method != SipMethod.Options)
            return server.Reply(405).Header(HeaderName.Allow, environment.Engine.Allow);
        if (shared.IsDraining)
            return server.Reply(503).Header(HeaderName.RetryAfter, environment.Options.DrainRetryAfter);

        var response = server.Reply(200).Header(HeaderName.Contact, environment.Engine.Addressing.Contact(server.Flow, ""));
        Capabilities.Write(response, environment.Engine);
        return response;
    }
}
