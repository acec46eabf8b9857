using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Ports;
using Tandem.Calls.Security;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Shards;

/// <summary>
/// REFER outside of any dialog: it acts on the call that its Target-Dialog names (RFC 4538), when the authenticated extension is a party of
/// it; without one there is nothing that it could be about: 403. The call may live on another shard, the subscription is always here.
/// </summary>
internal sealed class ReferRequests(CallEnvironment environment, ExchangeOptions options, SharedState shared, RequestAuthenticator authenticator) : IRequestHandler
{
    public void Receive(SipMessage request, ServerTransaction server)
    {
        if (server.Dialog is not null)
        {
            Answer(server, 481); // in a dialog that no call uses
            return;
        }

        var outcome = authenticator.Check(request, server.Flow, environment.Now);
        if (outcome.Response is { } response)
        {
            environment.Engine.RespondWithoutState(server, response.Header(HeaderName.Server, options.Calls.Product));
            return;
        }

        if (outcome.Extension is not { } sender)
            Answer(server, 403);
        else if (!request.TryGetHeader(HeaderName.TargetDialog, out var value) || DialogName.FromTargetDialog(value) is not { } name)
            Answer(server, 403); // RFC 4538 §4: one without both tags counts as none
        else if (ReferOrder.Read(request, out var refusal) is not { } order)
            Answer(server, refusal);
        else
            PassOn(request, server, name, order, sender);
    }

    private void PassOn(SipMessage request, ServerTransaction server, DialogName name, ReferOrder order, Extension sender)
    {
        var shard = shared.Shard(ShardSelector.PickForCallId(Encoding.UTF8.GetBytes(name.CallId), options.Shards));
        var watcher = order.WantsNotifies ? new RemoteReferWatcher(environment) : null;
        var refer = request.Retain();
        shard.Post(() =>
        {
            var transfers = shard.Transfers;
            var leg = transfers.Find(name, sender.Tenant, sender.Number);
            var status = leg is null ? 403 : transfers.TryReserve(leg);
            var hosts = leg is null || status > 0 ? [] : transfers.OwnHosts(leg, refer);
            refer.Release(); // read to its end: from here on the other shard goes its own way
            environment.PostToShard(() => Finish(server, status == 0 ? 202 : status, watcher));
            if (leg is not null && status == 0)
                transfers.Begin(leg, order, hosts, watcher);
        });
    }

    private void Finish(ServerTransaction server, int status, RemoteReferWatcher? watcher)
    {
        if (server.IsAnswered || server.Request is null)
            return;

        if (status != 202)
        {
            Answer(server, status);
            return;
        }

        var contact = environment.Engine.Addressing.Contact(server.Flow, "");
        var dialog = watcher is null ? null : environment.Engine.OpenDialog(server);
        var response = server.Reply(202).Header(HeaderName.Contact, contact).Header(HeaderName.Supported, environment.Engine.Supported)
            .Header(HeaderName.Server, options.Calls.Product);
        if (dialog is null)
            response.Header(HeaderName.ReferSub, "false"u8);

        environment.Engine.Respond(server, response, environment.Now);
        if (dialog is not null)
            watcher!.Open(new ReferSubscription(environment, dialog, 0, contact, options.Calls.SetupTimeout + TimeSpan.FromSeconds(90)));
    }

    private void Answer(ServerTransaction server, int status) =>
        environment.Engine.Respond(server, server.Reply(status).Header(HeaderName.Server, options.Calls.Product), environment.Now);
}
