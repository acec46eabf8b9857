using Tandem.Calls.Calls;
using Tandem.Calls.Security;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Shards;

/// <summary>Requests outside a dialog that are neither INVITE nor REGISTER.</summary>
internal sealed class OutOfDialogRequests(CallEnvironment environment, RequestAuthenticator authenticator)
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

        var isOptions = request.Method == SipMethod.Options;
        var response = server.Reply(isOptions ? 200 : 405).Header(HeaderName.Allow, engine.Allow);
        if (isOptions)
        {
            response.Header(HeaderName.Accept, "application/sdp"u8).Header(HeaderName.Supported, engine.Supported)
                .Header(HeaderName.Contact, engine.Addressing.Contact(server.Flow, ""));
        }

        response.Header(HeaderName.Server, environment.Options.Product);
        if (server.Dialog is null)
            engine.RespondWithoutState(server, response); // nobody was authenticated: answered once and forgotten
        else
            engine.Respond(server, response, environment.Now);
    }
}
