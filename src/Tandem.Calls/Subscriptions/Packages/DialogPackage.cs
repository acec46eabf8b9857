using Tandem.Calls.Calls;
using Tandem.Calls.Parking;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>
/// The calls of an extension (RFC 4235), for busy lamps. A watcher sees his own extension's calls whole; of another's he sees one
/// "virtual" dialog in the state of the line (§3.7.2), unless the options show the parties to everybody.
/// </summary>
internal sealed class DialogPackage(Notifier notifier, CallTable calls, IExtensionDirectory extensions, ParkingLot parking, SubscriptionOptions options)
    : EventPackage("dialog", "application/dialog-info+xml", WatchedStates.Calls, options.NotifyInterval)
{
    /// <summary>How many calls are looked at for the one line of a virtual dialog.</summary>
    private const int MaxCallsLookedAt = 32;

    public override bool MayWatch(string watcher, string number) => true;

    // A slot is watched as an extension is, unless an extension has its number.
    public override bool? HasResource(TenantId tenant, string number) => IsSlot(tenant, number) ? true : null;

    // §3.7.2: a third party may not watch single dialogs, and for our own nobody has asked yet.
    public override bool RefusesParameters(ReadOnlySpan<byte> parameters) =>
        Sip.Messages.SipParams.TryGet(parameters, "call-id"u8, out _)
        || Sip.Messages.SipParams.TryGet(parameters, "from-tag"u8, out _)
        || Sip.Messages.SipParams.TryGet(parameters, "to-tag"u8, out _);

    public override bool HasNews(Subscription subscription) =>
        subscription.Memory is not List<WatchedDialog> told || !told.SequenceEqual(Visible(subscription));

    public override byte[] Compose(Subscription subscription)
    {
        var now = Visible(subscription);

        // What was told and is gone is told once more, as terminated: a phone may keep a lamp lit for a dialog that just vanishes.
        var told = subscription.Memory as List<WatchedDialog> ?? [];
        var all = new List<WatchedDialog>(now);
        foreach (var dialog in told)
        {
            if (!now.Exists(d => d.Id == dialog.Id))
                all.Add(dialog with { State = WatchedDialogState.Terminated });
        }

        subscription.Memory = now;
        return DialogInfoDocument.Write(
            all, subscription.TakeVersion(), notifier.AddressOf(subscription.Resource.Tenant, subscription.Resource.Number, subscription.Flow),
            IsWhole(subscription) ? number => (notifier.AddressOf(subscription.Resource.Tenant, number, subscription.Flow), NameOf(subscription.Resource, number)) : null);
    }

    private bool IsWhole(Subscription subscription) => options.ShowParties || subscription.Watcher == subscription.Resource.Number;

    private List<WatchedDialog> Visible(Subscription subscription) => IsWhole(subscription)
        ? Dialogs(subscription.Resource, options.MaxDialogsInDocument)
        : Virtual(Dialogs(subscription.Resource, MaxCallsLookedAt));

    private List<WatchedDialog> Dialogs(AorKey resource, int limit)
    {
        var dialogs = new List<WatchedDialog>();
        if (IsSlot(resource.Tenant, resource.Number))
        {
            if (parking.Find(resource.Tenant, resource.Number) is { } parked)
                dialogs.Add(new WatchedDialog(parked.Call.Value + "-p", WatchedDialogState.Confirmed, false, resource.Number, parked.IsPrivate ? "" : parked.Number));
            return dialogs;
        }

        foreach (var call in calls.Of(resource.Tenant, resource.Number, limit))
        {
            var snapshot = call.Model.Snapshot;
            if (snapshot.CallerNumber == resource.Number && WatchedDialog.Of(snapshot, isCaller: true) is { } made)
                dialogs.Add(made);
            if ((snapshot.CalleeNumber == resource.Number || snapshot.CallerNumber != resource.Number) && WatchedDialog.Of(snapshot, isCaller: false) is { } got)
                dialogs.Add(RingsFor(call, resource.Number) ? got with { State = WatchedDialogState.Early } : got);
        }

        return dialogs;
    }

    // The caller talks to the exchange already (a queue, a menu), and this phone only rings for him.
    private static bool RingsFor(LiveCall call, string number) => call is { IsAnswered: true, Callee: null, Others: { } others } && others.Contains(number);

    // §3.7.2: confirmed when any dialog is, else early when any is, else proceeding.
    private static List<WatchedDialog> Virtual(List<WatchedDialog> dialogs)
    {
        var chosen = default(WatchedDialog?);
        foreach (var dialog in dialogs)
        {
            if (chosen is null || dialog.State > chosen.State)
                chosen = dialog;
        }

        return chosen is null ? [] : [chosen with { Id = "line" }];
    }

    private bool IsSlot(TenantId tenant, string number) => parking.Options.IsSlot(number) && extensions.Find(tenant, number) is null;

    private string NameOf(AorKey resource, string number) => extensions.Find(resource.Tenant, number)?.DisplayName ?? "";
}
