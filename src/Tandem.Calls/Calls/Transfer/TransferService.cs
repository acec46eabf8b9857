using System.Text;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Parking;
using Tandem.Calls.Ports;
using Tandem.Calls.Routing;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// Serves REFER (RFC 3515) for the calls of one shard. As a B2BUA the exchange does itself what the REFER asks the other phone to do:
/// it makes the call to the target and moves the other phone there, which never sees a REFER.
/// </summary>
internal sealed class TransferService(CallEnvironment environment, ExchangeOptions options, CallBirths births, SharedState shared, int index)
{
    private readonly ParkingTransfers _parking = new(shared);

    /// <summary>A REFER in the dialog of a leg.</summary>
    public void Receive(Leg transferor, SipMessage refer, ServerTransaction server)
    {
        var status = 0;
        var order = ReferOrder.Read(refer, out var unreadable);
        if (order is not null)
            status = TryReserve(transferor);

        if (order is null || status != 0)
        {
            Refuse(transferor, server, order is null ? unreadable : status);
            return;
        }

        transferor.Respond(
            server,
            202,
            w =>
            {
                w.Header(HeaderName.Supported, environment.Engine.Supported);
                if (!order.WantsNotifies)
                    w.Header(HeaderName.ReferSub, "false"u8); // RFC 4488 §4: nobody is told, because nobody wants it
            });
        var watcher = order.WantsNotifies ? transferor.Subscribe(server.CSeq) : null;
        transferor.CountReferral();
        Begin(transferor, order, OwnHosts(transferor, refer), watcher);
    }

    /// <summary>
    /// The leg whose dialog a REFER from outside of it names (RFC 4538); null unless it belongs to <paramref name="number"/>.
    /// </summary>
    public Leg? Find(DialogName name, TenantId tenant, string number) =>
        DialogOf(name) is { Owner: LegLink { Leg: { IsOver: false } leg } } && leg.Call.IsAnswered && leg.Number == number && leg.Call.Model.Tenant == tenant ? leg : null;

    /// <summary>
    /// Takes a place for the call of a transfer; 0, or the status of the refusal: the call must be answered, both phones there, and no
    /// other transfer of it under way.
    /// </summary>
    public int TryReserve(Leg transferor)
    {
        var call = transferor.Call;
        if (transferor.IsOver || call.IsOver)
            return 481;
        if (!call.IsAnswered)
            return 500;
        return !call.IsWhole || call.Transfer is not null || call.Other(transferor).LastSdp.IsEmpty ? 491 : TryReserve(call);
    }

    /// <summary>The same for somebody whom the exchange itself serves: nobody leaves for him.</summary>
    public int TryReserveServed(Leg transferee)
    {
        var call = transferee.Call;
        if (transferee.IsOver || call.IsOver)
            return 481;
        if (!call.IsAnswered)
            return 500;
        return call.IsHandedOver || call.Transfer is not null || transferee.LastSdp.IsEmpty ? 491 : TryReserve(call);
    }

    private int TryReserve(LiveCall call)
    {
        if (shared.IsDraining)
            return 503;
        if (shared.Calls.TryReserveNext(options.Calls.MaxCalls, call.Model.Tenant))
            return 0;

        environment.Counters.CountOverloaded();
        return 503;
    }

    /// <summary>Begins a transfer for which a place was reserved, and which was accepted.</summary>
    /// <param name="transferor">The leg of who asked.</param>
    /// <param name="order">What is asked.</param>
    /// <param name="ownHosts">Hosts under which the phone knows this exchange.</param>
    /// <param name="watcher">Hears of the progress; null for nobody.</param>
    public void Begin(Leg transferor, ReferOrder order, IReadOnlyCollection<string> ownHosts, IReferWatcher? watcher) =>
        Begin(transferor.Call.Other(transferor), transferor, order, ownHosts, watcher);

    /// <summary>
    /// Begins a transfer of somebody whom the exchange itself serves, in a menu, a queue, a room: he stays there till the target has answered and his phone has accepted, and
    /// then his old call ends for whoever served him.
    /// </summary>
    public void BeginServed(Leg transferee, ReferOrder order, IReferWatcher watcher) => Begin(transferee, null, order, [order.Host], watcher);

    private void Begin(Leg transferee, Leg? transferor, ReferOrder order, IReadOnlyCollection<string> ownHosts, IReferWatcher? watcher)
    {
        if (!births.TryBegin(transferee.Call.Model.Tenant, () => Make(transferee, transferor, order, ownHosts, watcher)))
            watcher?.Tell(500, isFinal: true);
    }

    /// <summary>
    /// How a person calls a dialog of ours to take its place (RFC 3891 §3): its partner, on whatever shard, comes over to that call.
    /// </summary>
    /// <param name="tenant">Whose calls they are.</param>
    /// <param name="number">The number of who takes the place.</param>
    /// <param name="partner">The number of the partner.</param>
    /// <param name="leaving">The dialog of who leaves, or of who waits to be fetched.</param>
    /// <param name="isPrivate">Who takes the place wants to stay unknown.</param>
    public (DialDecision Decision, CalleeAddressing Addressing) TakePlace(TenantId tenant, string number, string partner, DialogName leaving, bool isPrivate = false)
    {
        var shard = ShardSelector.PickForCallId(Encoding.UTF8.GetBytes(leaving.CallId), options.Shards);
        return (new DialDecision.Ring([InternalFlows.Contact(tenant, partner, number, index, shard)]), Addressing(tenant, number, partner, isPrivate, (HeaderName.Replaces, leaving.Replaces)));
    }

    /// <summary>How somebody whom no INVITE brought here is shown to whom he is connected to.</summary>
    /// <param name="tenant">Whose call it is.</param>
    /// <param name="number">His number.</param>
    /// <param name="called">Whom he is connected to.</param>
    /// <param name="isPrivate">He wants to stay unknown.</param>
    /// <param name="headers">What else the INVITE says.</param>
    public CalleeAddressing Addressing(TenantId tenant, string number, string called, bool isPrivate, params IReadOnlyList<(HeaderName, string)> headers) =>
        new(births.Find(tenant, number) ?? new Extension(tenant, number, default!), called, options.Calls, environment.Engine.Addressing, hops: -1, isPrivate, headers)
        {
            TenantDomain = births.DomainOf(tenant),
        };

    /// <summary>Hosts under which the phone of a leg knows this exchange: those that it wrote itself, and ours.</summary>
    public IReadOnlyCollection<string> OwnHosts(Leg leg, SipMessage refer)
    {
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "" };
        if (options.Calls.Domain.Length > 0)
            hosts.Add(options.Calls.Domain);
        hosts.Add(births.DomainOf(leg.Call.Model.Tenant));
        if (leg.Dialog is { } dialog)
        {
            hosts.Add(CalleeAddressing.Domain(CallOptions.Default, environment.Engine.Addressing, dialog.Flow, ""));
            if (NameAddrValue.TryParse(dialog.LocalParty, out var us) && us.TryGetUri(out var local))
                hosts.Add(local.HostText());
        }

        if (SipUriValue.TryParse(refer.RequestUri, out var asked))
            hosts.Add(asked.HostText());
        if (refer.TryGetFrom(out var from) && from.TryGetUri(out var claimed))
            hosts.Add(claimed.HostText());
        return hosts;
    }

    private (LiveCall Call, Action Run) Make(Leg transferee, Leg? transferor, ReferOrder order, IReadOnlyCollection<string> ownHosts, IReferWatcher? watcher)
    {
        var from = transferee.Call.Model.Snapshot;
        var isCaller = transferee.Side == CallSide.Caller;
        var by = transferor?.Number ?? "";
        var isSips = IsSips(order, transferee, transferor);
        var number = transferee.Number;
        var target = births.Find(from.Tenant, order.Number);
        var plan = Decide(order, ownHosts, from.Tenant, isSips, by, number, target, out var replaces);

        // Who has another one dial may not have him dial what he may not dial himself; the API is asked for its own permission.
        var dialler = transferor is OutboundLeg { Trunk: null } phone ? phone.Contact.Number : by;
        var isReserved = plan.Only is DialDecision.Serve { Service: ExchangeService.Park { Reserved: not null } };
        if (replaces is null && !isReserved && watcher is not Commands.CommandWatcher && !environment.Router.MayDial(from.Tenant, dialler, order.Number))
            plan = CallPlan.Of(new DialDecision.Reject(403, EndReason.Forbidden, "The extension may not dial this number"));
        plan = _parking.Park(plan, order, from.Tenant, by, out var slot);
        var way = CallWay.Of(transferee.Trunk, plan.First);
        if (replaces is not null && CallWay.To(shared.Calls.All(), from.Tenant, replaces) is { Direction: CallDirection.Outbound } outside)
            way = outside;
        var birth = births.Birth(from.Tenant, number, order.Number) with
        {
            Direction = way.Direction,
            ProfileId = way.ProfileId,
            CallerIsPrivate = isCaller && from.CallerIsPrivate,
            CallerAddress = isCaller ? from.CallerAddress : from.CalleeAddress,
            CallerSipCallId = isCaller ? from.CallerSipCallId : from.CalleeSipCallId,
            TransferredBy = by,
            TransferredFrom = from.Id,
        };
        var call = new LiveCall(new Call(birth, environment.WallClock, environment.Events), environment);
        if (order.Fetches is { } waiting)
            waiting.Into = call.Model.Id;
        var addressing = new CalleeAddressing(
            births.Find(from.Tenant, number) ?? new Extension(from.Tenant, number, default!),
            order.Number,
            options.Calls,
            environment.Engine.Addressing,
            order.MaxForwards,
            isPrivate: transferor is null ? isCaller && from.CallerIsPrivate : transferor.PeerNumber.Length == 0,
            Headers(transferor, replaces))
        {
            IsSips = replaces is null && isSips,
            TenantDomain = births.DomainOf(from.Tenant),
        };
        var transfer = new Transfer(transferee, transferor, watcher, SdpDirections.WithoutHold(transferee.LastSdp.Span)) { Announcement = slot is null ? null : SlotPrompt.Of(slot.Number) };
        call.Origin = transfer;
        var identity = births.IdentityOf(target, transferee.Dialog!.Flow);
        transfer.Begin(call);
        if (order.Fetches is { } fetched)
            ReleaseAtEnd(call, fetched);
        if (slot is not null)
            _parking.FreeAtEnd(call, slot);
        return (call, () => new TransferStory(call, transfer, addressing, identity).Run(plan));
    }

    // Who is fetched has a new call then, or may be fetched by another one.
    private static void ReleaseAtEnd(LiveCall call, WaitingPerson fetched)
    {
        var before = call.Ended;
        call.Ended = ending =>
        {
            fetched.Release();
            before?.Invoke(ending);
        };
    }

    private CallPlan Decide(
        ReferOrder order, IReadOnlyCollection<string> ownHosts, TenantId tenant, bool isSips, string by, string number, Extension? target, out DialogName? replaces)
    {
        replaces = null;
        if (order.Slot is { } reserved)
            return CallPlan.Of(new DialDecision.Serve(new ExchangeService.Park(reserved.Number) { Reserved = reserved }));

        if (!ownHosts.Contains(order.Host))
            return CallPlan.Of(new DialDecision.Reject(404, EndReason.NotFound, "Not an address of this exchange"));

        if (order.Number == number)
            return CallPlan.Of(new DialDecision.Reject(400, EndReason.Rejected, "Call to oneself"));

        if (order.Replaces is { } office && _parking.Inherit(tenant, office, by) is { } kept)
            return CallPlan.Of(new DialDecision.Serve(new ExchangeService.Park(kept.Number) { Reserved = kept }));

        if (order.Replaces is { } name && (by.Length == 0 || !CancelIfRinging(name, by)))
        {
            // The target talks to who asked: that dialog is replaced, on the shard that owns it.
            replaces = name;
            var shard = ShardSelector.PickForCallId(Encoding.UTF8.GetBytes(name.CallId), options.Shards);
            return CallPlan.Of(new DialDecision.Ring([InternalFlows.Contact(tenant, order.Number, number, index, shard)]));
        }

        return births.Plan(new RouteRequest(tenant, number, order.To is null ? order.Number : "") { To = order.To, Callee = target, IsSips = isSips });
    }

    // RFC 3261 §26.2.2: sips is kept on every hop or not served; RFC 5630 §5.1.1.3: what comes out of a sips dialog is sips as well.
    private static bool IsSips(ReferOrder order, Leg transferee, Leg? transferor) =>
        order.IsSecure || transferor?.Dialog is { Secure: true } || transferee.Dialog is { Secure: true };

    /// <summary>
    /// RFC 5589 §7.6: the call that is to be replaced may still ring. Its dialog is one that we did not start, so it cannot be replaced
    /// (RFC 3891 §3): it is cancelled, and its target rings anew for the transferee.
    /// </summary>
    private bool CancelIfRinging(DialogName name, string by)
    {
        foreach (var call in shared.Calls.All())
        {
            var snapshot = call.Model.Snapshot;
            if (snapshot.State >= CallState.Established || snapshot.CallerSipCallId != name.CallId || snapshot.CallerNumber != by)
                continue;

            var transfers = call.Environment.Transfers;
            call.Environment.PostToShard(() => transfers.Cancel(name));
            return true;
        }

        return false;
    }

    private void Cancel(DialogName name)
    {
        if (DialogOf(name) is { Owner: LegLink { Leg: { } leg } })
            leg.Call.HangUp(EndReason.Transferred);
    }

    private Dialog? DialogOf(DialogName name) => environment.Engine.Dialogs.Find(
        Encoding.UTF8.GetBytes(name.CallId), Encoding.UTF8.GetBytes(name.LocalTag), Encoding.UTF8.GetBytes(name.RemoteTag));

    // Referred-By (RFC 3892) says who asked by our directory, never what a phone claims.
    private List<(HeaderName, string)> Headers(Leg? transferor, DialogName? replaces)
    {
        var headers = new List<(HeaderName, string)>(2);
        if (transferor is not null)
        {
            var domain = CalleeAddressing.Domain(options.Calls, environment.Engine.Addressing, transferor.Dialog!.Flow, births.DomainOf(transferor.Call.Model.Tenant));
            headers.Add((HeaderName.ReferredBy, $"<sip:{SipEscaping.EscapeUser(transferor.Number)}@{domain}>"));
        }

        if (replaces is not null)
            headers.Add((HeaderName.Replaces, replaces.Replaces));
        return headers;
    }

    private void Refuse(Leg transferor, ServerTransaction server, int status) => transferor.Respond(
        server,
        status,
        w =>
        {
            if (status == 503)
                w.Header(HeaderName.RetryAfter, shared.IsDraining ? options.Calls.DrainRetryAfter : options.Calls.OverloadRetryAfter);
            else if (status == 500)
                w.Header(HeaderName.RetryAfter, environment.Random.Next(0, 11));
        });
}
