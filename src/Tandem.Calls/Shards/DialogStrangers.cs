using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Security;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Shards;

/// <summary>
/// Requests in a dialog from a host that the dialog does not know: a phone that changed its network, or somebody who has seen the tags on
/// the wire. Only credentials tell them apart (RFC 3261 §22.3 allows the question in a dialog too); who gives them is followed.
/// </summary>
internal sealed class DialogStrangers(CallEnvironment environment, RequestAuthenticator authenticator)
{
    /// <summary>True when the request may reach the user; else it was answered.</summary>
    public bool Admits(SipMessage request, ServerTransaction server, Dialog dialog, IDialogUser user)
    {
        var isDoubted = user.Doubts(server.Flow);
        if (!isDoubted && (dialog.Knows(server.Flow) || user.ChecksStrangers || user.Trusts(server.Flow)))
            return true;

        // A provider has no credentials of ours to give instead of its certificate.
        if (isDoubted || !user.MayBeAt(server.Flow))
        {
            Refuse(server, server.Reply(403));
            return false;
        }

        if (!authenticator.IsRequired)
        {
            dialog.MoveTo(server.Flow, request);
            return true;
        }

        var outcome = authenticator.Check(request, server.Flow, environment.Now);
        if (outcome.Response is { } response)
        {
            Refuse(server, response);
            return false;
        }

        // Null: OPTIONS, which tells nothing of the call and moves nothing.
        if (outcome.Extension is not { } sender)
            return true;

        if (user.Speaker is { } speaker && speaker != sender.Number)
        {
            Refuse(server, server.Reply(403));
            return false;
        }

        dialog.MoveTo(server.Flow, request);
        return true;
    }

    private void Refuse(ServerTransaction server, SipWriter response) =>
        environment.Engine.RespondWithoutState(server, response.Header(HeaderName.Server, environment.Options.Product));
}
