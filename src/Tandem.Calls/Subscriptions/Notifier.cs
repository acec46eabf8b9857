using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Subscriptions;

/// <summary>
/// The notifier of one shard (RFC 6665 §4.2): it keeps the subscriptions whose SUBSCRIBE came here and sends their NOTIFYs, a bounded
/// number at a time. Whoever changes a state only says so; what is told is read when it is told.
/// </summary>
internal sealed class Notifier
{
    private readonly CallEnvironment _environment;
    private readonly SubscriptionTable _table;
    private readonly IReadOnlyList<EventPackage> _packages;
    private readonly int _shard;
    private readonly Dictionary<AorKey, List<Subscription>> _subscriptions = [];
    private readonly Queue<Subscription> _waiting = new();
    private int _count;
    private int _underWay;

    /// <param name="environment">What it uses of its shard.</param>
    /// <param name="options">How often it tells, and how much at a time.</param>
    /// <param name="table">What the shards know of each other's subscriptions.</param>
    /// <param name="packages">Makes its packages; they ask it for addresses.</param>
    /// <param name="shard">The number of its shard.</param>
    public Notifier(
        CallEnvironment environment, SubscriptionOptions options, SubscriptionTable table, Func<Notifier, IReadOnlyList<EventPackage>> packages, int shard)
    {
        _environment = environment;
        _table = table;
        _shard = shard;
        Options = options;
        _packages = packages(this);
    }

    public SubscriptionOptions Options { get; }

    public SubscriptionCounters Counters { get; } = new();

    public TimerWheel Wheel => _environment.Wheel;

    public Moment Now => _environment.Now;

    /// <summary>Subscriptions of this shard; read by any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>NOTIFYs that wait for their answer; read by any thread.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Subscriptions whose NOTIFY waits for a place.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Takes the requests that come in the dialog of a subscription; set once.</summary>
    public Action<Subscription, SipMessage, ServerTransaction> OnRequest { get; set; } = static (_, _, _) => { };

    public DateTimeOffset Utc(Moment moment) => _environment.WallClock.ToUtc(moment);

    /// <summary>The package with this name (case-sensitive, RFC 6665 §8.2.1); null when there is none.</summary>
    public EventPackage? Find(ReadOnlySpan<byte> name)
    {
        foreach (var package in _packages)
        {
            if (name.SequenceEqual(package.NameBytes))
                return package;
        }

        return null;
    }

    /// <summary>Enters a subscription. It has taken its places in the _table.</summary>
    public Subscription Open(Dialog dialog, EventPackage package, string eventId, string watcher, AorKey resource, in SipFlow flow)
    {
        var subscription = new Subscription(this, dialog, package, eventId, watcher, resource, flow);
        dialog.Owner = subscription;
        if (!_subscriptions.TryGetValue(resource, out var list))
        {
            list = [];
            _subscriptions.Add(resource, list);
        }

        list.Add(subscription);
        Volatile.Write(ref _count, _count + 1);
        _table.Add(subscription, _shard);
        Counters.CountCreated();
        return subscription;
    }

    /// <summary>Takes a subscription out of all tables.</summary>
    public void Forget(Subscription subscription)
    {
        if (!_subscriptions.TryGetValue(subscription.Resource, out var list) || !list.Remove(subscription))
            return;

        if (list.Count == 0)
            _subscriptions.Remove(subscription.Resource);
        Volatile.Write(ref _count, _count - 1);
        _table.Remove(subscription, _shard);
        _table.ByWatcher.GiveBack(new AorKey(subscription.Resource.Tenant, subscription.Watcher));
        _table.BySource.GiveBack(subscription.Source);
    }

    /// <summary>Something of an extension has changed.</summary>
    public void Changed(in StateChange change)
    {
        if (!_subscriptions.TryGetValue(change.Resource, out var list))
            return;

        // Backwards: telling may end a subscription and take it out of the list.
        for (var i = list.Count - 1; i >= 0; i--)
        {
            var subscription = list[i];
            if ((subscription.Package.Watches & change.What) == 0)
                continue;

            if (change.Registration is { } registration && subscription.Package is IRegistrationWatch watch)
                watch.Note(subscription, registration);
            subscription.Touch();
        }
    }

    /// <summary>Ends all subscriptions, or those of one watcher.</summary>
    public void EndAll(EndOfSubscription reason, int retryAfter = 0, AorKey? watcher = null)
    {
        foreach (var list in _subscriptions.Values.ToArray())
        {
            foreach (var subscription in list.ToArray())
            {
                if (watcher is null || (subscription.Watcher == watcher.Value.Number && subscription.Resource.Tenant == watcher.Value.Tenant))
                    subscription.End(reason, retryAfter);
            }
        }
    }

    /// <summary>Ends all subscriptions to an extension that there is no more.</summary>
    public void EndAllTo(AorKey resource)
    {
        if (!_subscriptions.TryGetValue(resource, out var list))
            return;

        foreach (var subscription in list.ToArray())
            subscription.End(EndOfSubscription.NoResource);
    }

    /// <summary>Takes a place for one NOTIFY; false when there is none, and the subscription gets its turn later.</summary>
    public bool TryEnter(Subscription subscription)
    {
        if (_underWay >= Options.MaxNotifiesInFlight)
        {
            _waiting.Enqueue(subscription);
            return false;
        }

        Volatile.Write(ref _underWay, _underWay + 1);
        return true;
    }

    /// <summary>A NOTIFY is over: the next one that waits gets its place.</summary>
    public void Left()
    {
        Volatile.Write(ref _underWay, _underWay - 1);
        while (_underWay < Options.MaxNotifiesInFlight && _waiting.TryDequeue(out var next))
            next.OnTurn();
    }

    /// <summary>Sends one NOTIFY (RFC 6665 §4.2.2).</summary>
    public void Send(Subscription subscription, NotifyTransaction owner, SubscriptionState state, ReadOnlySpan<byte> body)
    {
        var engine = _environment.Engine;
        var package = subscription.Package;
        var notify = subscription.Dialog.Request(SipMethod.Notify);
        notify.Header(HeaderName.Contact, engine.Addressing.Contact(subscription.Flow, SipEscaping.EscapeUser(subscription.Resource.Number)));
        notify.Begin(HeaderName.Event).Append(package.NameBytes);
        if (subscription.EventId.Length > 0)
            notify.Append(";id="u8).Append(subscription.EventId);
        notify.End();
        state.WriteTo(notify);
        notify.Header(HeaderName.AllowEvents, engine.AllowEvents).Header(HeaderName.UserAgent, _environment.Options.Product);
        Counters.CountNotified();
        var bytes = body.IsEmpty ? notify.Finish() : notify.Finish(package.ContentType, body);
        engine.SendRequest(bytes, SipMethod.Notify, subscription.Flow, _environment.Now, owner);
    }

    /// <summary>The address of an extension as the watcher on <paramref name="flow"/> knows it: <c>sip:100@host</c>.</summary>
    public string AddressOf(TenantId tenant, string number, in SipFlow flow) =>
        $"sip:{SipEscaping.EscapeUser(number)}@{CalleeAddressing.Domain(_environment.Options, _environment.Engine.Addressing, flow, _environment.DomainOf(tenant))}";
}
