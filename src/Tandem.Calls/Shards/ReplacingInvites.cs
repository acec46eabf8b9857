using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Shards;

/// <summary>
/// INVITE with Replaces (RFC 3891 §3): the new caller takes the place of a phone in a call of ours. The shard of the replaced dialog
/// does it; an INVITE that came to another one, because its own Call-ID belongs there, is passed on over the internal flow, as the
/// callee's leg of a call like any other.
/// </summary>
internal sealed class ReplacingInvites(CallEnvironment environment, ExchangeOptions options, CallBirths births, SharedState shared, int index)
{
    /// <summary>Takes an INVITE for which a place was reserved and a dialog opened. <paramref name="caller"/> is null when another shard sent it.</summary>
    public void Receive(SipMessage request, ServerTransaction server, TenantId tenant, Extension? caller)
    {
        if (Read(request) is not { } name)
        {
            Refuse(server, tenant, 400);
            return;
        }

        var shard = ShardSelector.PickForCallId(Encoding.UTF8.GetBytes(name.CallId), options.Shards);
        if (caller is not null && shard != index)
        {
            if (!births.TryBegin(tenant, () => MakeBridge(request, server, caller, name, shard)))
                Answer(server, 500);
            return;
        }

        // A call of ours fetches somebody who waits for it: nobody leaves.
        if (caller is null && FindWaiting(name, tenant) is { } alone)
        {
            if (!births.TryBegin(tenant, () => Make(request, server, tenant, caller, leaving: null, alone, alone.Number)))
                Answer(server, 500);
            return;
        }

        // He was to be fetched, and talks to somebody now: that one is not meant.
        if (caller is null && DialogOf(name) is { Owner: LegLink { Leg.Call.Control.Waiting.Into: not null } })
        {
            Refuse(server, tenant, 486);
            return;
        }

        if (Refusal(name, tenant, out var leaving) is var status and > 0)
        {
            Refuse(server, tenant, status);
            return;
        }

        var staying = leaving!.Call.Other(leaving);
        var number = staying.Number;
        if (caller?.Number == number)
            Refuse(server, tenant, 400);
        else if (!births.TryBegin(tenant, () => Make(request, server, tenant, caller, leaving, staying, number)))
            Answer(server, 500);
    }

    private Leg? FindWaiting(DialogName name, TenantId tenant) =>
        DialogOf(name) is { Owner: LegLink { Leg: { IsOver: false } leg } } && leg.Call is { IsOver: false, Callee: null, Control.Waiting: not null } call && call.Model.Tenant == tenant && call.Caller == leg
            ? leg
            : null;

    private Dialog? DialogOf(DialogName name) =>
        environment.Engine.Dialogs.Find(Encoding.UTF8.GetBytes(name.CallId), Encoding.UTF8.GetBytes(name.LocalTag), Encoding.UTF8.GetBytes(name.RemoteTag));

    // §3: one Replaces, and no header that says something else about the same dialogs (Join).
    private static DialogName? Read(SipMessage request)
    {
        var values = request.Values(HeaderName.Replaces, 2);
        if (!values.MoveNext())
            return null;

        var name = DialogName.FromReplaces(values.Current);
        return values.MoveNext() || request.Has(HeaderName.Join) ? null : name;
    }

    // The rows of §3; 0 when the leg may be replaced.
    private int Refusal(DialogName name, TenantId tenant, out Leg? leaving)
    {
        leaving = null;
        var dialog = DialogOf(name);
        if (dialog?.Owner is not LegLink link)
            return 481; // none, or not made by INVITE

        if (link.Leg is not { IsOver: false } leg || leg.Call.IsOver)
            return 603; // just ended: nobody wants a replacement any more

        if (dialog.State == DialogState.Early)
            return 481; // of a caller, or of a contact that still rings: see docs/rfc.md

        if (name.EarlyOnly)
            return 486;

        var call = leg.Call;
        if (call.Model.Tenant != tenant)
            return 403;
        if (!call.IsAnswered || !call.IsWhole || call.Transfer is not null)
            return 491; // it is being moved already

        leaving = leg;
        return 0;
    }

    private (LiveCall Call, Action Run) Make(SipMessage request, ServerTransaction server, TenantId tenant, Extension? caller, Leg? leaving, Leg staying, string number)
    {
        environment.Engine.Respond(server, server.Reply(100), environment.Now);
        var from = staying.Call.Model.Snapshot;
        var isCaller = staying.Side == CallSide.Caller;
        var way = CallWay.To(staying);
        var birth = births.Birth(tenant, caller?.Number ?? IncomingInvites.CalledNumber(request), number) with
        {
            Direction = way.Direction,
            ProfileId = way.ProfileId,
            CallerAddress = server.Flow.Remote.ToString(),
            CallerSipCallId = Encoding.UTF8.GetString(request.CallId),
            CalleeAddress = isCaller ? from.CallerAddress : from.CalleeAddress,
            CalleeSipCallId = isCaller ? from.CallerSipCallId : from.CalleeSipCallId,
            TransferredBy = leaving?.Number ?? "",
            TransferredFrom = from.Id,
        };
        var call = new LiveCall(new Call(birth, environment.WallClock, caller is null ? null : environment.Events), environment);
        var leg = new InboundLeg(call, request, server, number, births.IdentityOf(births.Find(tenant, number), server.Flow));
        call.Caller = leg;
        call.Origin = leg;
        var identity = caller is null ? AssertedBy(request) : births.IdentityOf(caller, staying.Dialog!.Flow);
        return (call, () => new ReplaceStory(call, leg, leaving?.Side ?? staying.Side, staying, identity, leaving is null ? staying.Call.Control?.Waiting : null).Run());
    }

    private (LiveCall Call, Action Run) MakeBridge(SipMessage request, ServerTransaction server, Extension caller, DialogName name, int shard)
    {
        environment.Engine.Respond(server, server.Reply(100), environment.Now);
        var called = IncomingInvites.CalledNumber(request);
        var way = CallWay.To(shared.Calls.All(), caller.Tenant, name);
        var birth = births.Birth(caller.Tenant, caller.Number, called) with
        {
            Direction = way.Direction,
            ProfileId = way.ProfileId,
            CallerAddress = server.Flow.Remote.ToString(),
            CallerSipCallId = Encoding.UTF8.GetString(request.CallId),
        };
        var call = new LiveCall(new Call(birth, environment.WallClock, environment.Events), environment);
        var leg = new InboundLeg(call, request, server, called, births.IdentityOf(births.Find(caller.Tenant, called), server.Flow));
        call.Caller = leg;
        call.Origin = leg;
        var addressing = new CalleeAddressing(caller, called, request, options.Calls, environment.Engine.Addressing)
        {
            More = [(HeaderName.Replaces, name.Replaces)],
            TenantDomain = births.DomainOf(caller.Tenant),
        };
        return (call, () => new CallStory(call, addressing).Run(CallPlan.Of(new DialDecision.Ring([InternalFlows.Contact(caller.Tenant, called, caller.Number, index, shard)]))));
    }

    // Another shard wrote it, from the directory.
    private static string AssertedBy(SipMessage request) =>
        request.TryGetHeader(HeaderName.PAssertedIdentity, out var value) ? Encoding.UTF8.GetString(value) : "";

    private void Refuse(ServerTransaction server, TenantId tenant, int status)
    {
        shared.Calls.GiveBack(tenant);
        Answer(server, status);
    }

    private void Answer(ServerTransaction server, int status) =>
        environment.Engine.Respond(server, server.Reply(status).Header(HeaderName.Server, options.Calls.Product), environment.Now);
}
