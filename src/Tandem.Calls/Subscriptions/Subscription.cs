using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Registrar;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Subscriptions;

/// <summary>
/// One subscription on its shard (RFC 6665 §4.2): its dialog, how long it lives, and what it has to tell. At most one NOTIFY of it is
/// under way; what happens meanwhile, or before its interval is over, is told in one document afterwards.
/// </summary>
internal sealed class Subscription : IDialogUser
{
    private readonly Notifier _notifier;
    private readonly CallbackTimer _expiry;
    private readonly CallbackTimer _hold;
    private Moment _deadline;
    private Moment _notBefore;
    private NotifyTransaction? _underWay;
    private SubscriptionRecord _record;
    private bool _hasNews;
    private bool _mustTell;
    private bool _isQueued;
    private int _failures;
    private EndOfSubscription? _ending;
    private int _retryAfter;
    private uint _version;

    public Subscription(Notifier notifier, Dialog dialog, EventPackage package, string eventId, string watcher, AorKey resource, in SipFlow flow)
    {
        _notifier = notifier;
        Dialog = dialog;
        Package = package;
        EventId = eventId;
        Watcher = watcher;
        Resource = resource;
        Flow = flow;
        Source = flow.Remote.WithPort(0);
        _expiry = new CallbackTimer(_ => End(EndOfSubscription.Timeout));
        _hold = new CallbackTimer(_ => TrySend());
        _record = new SubscriptionRecord(watcher, resource.Number, package.Name, flow.Remote, default);
    }

    public Dialog Dialog { get; }

    public EventPackage Package { get; }

    /// <summary>The id parameter of Event; empty when there is none.</summary>
    public string EventId { get; }

    /// <summary>The extension that watches.</summary>
    public string Watcher { get; }

    /// <summary>The extension that is watched.</summary>
    public AorKey Resource { get; }

    /// <summary>The flow of the last SUBSCRIBE that was accepted: NOTIFYs go there. A request that was refused moves nothing.</summary>
    public SipFlow Flow { get; private set; }

    /// <summary>The address whose place this subscription takes.</summary>
    public NetAddress Source { get; private set; }

    /// <summary>What the API shows; read by any thread.</summary>
    public SubscriptionRecord Record => Volatile.Read(ref _record);

    /// <summary>What the package remembers from one document to the next.</summary>
    public object? Memory { get; set; }

    /// <summary>True once it is out of the tables.</summary>
    public bool IsOver { get; private set; }

    /// <summary>True when it tells its end, or has ended.</summary>
    public bool IsEnding => IsOver || _ending is not null;

    /// <summary>True while a NOTIFY waits for its answer.</summary>
    public bool IsUnderWay => _underWay is not null;

    /// <summary>The time of what is being worked on, UTC.</summary>
    public DateTimeOffset Now => _notifier.Utc(_notifier.Now);

    /// <summary>Seconds that are left.</summary>
    public int SecondsLeft => Math.Max(0, (int)Math.Round((_deadline - _notifier.Now).TotalSeconds));

    /// <summary>
    /// The SUBSCRIBE, the first one or a refresh, was answered with <paramref name="seconds"/>: from now on NOTIFYs go to
    /// <paramref name="flow"/>, and one is sent at once (§4.2.1.2). 0 seconds end it with a last document (§4.2.1.4, §4.4.3).
    /// </summary>
    public void Grant(int seconds, in SipFlow flow)
    {
        // A NOTIFY to where the phone was before would wait for an answer that cannot come.
        if (flow != Flow)
            Abandon();

        Flow = flow;
        var now = _notifier.Now;
        _deadline = now + TimeSpan.FromSeconds(seconds);
        Volatile.Write(ref _record, new SubscriptionRecord(Watcher, Resource.Number, Package.Name, flow.Remote, _notifier.Utc(_deadline)));
        _notBefore = now;
        _failures = 0;
        if (seconds == 0)
        {
            End(EndOfSubscription.Timeout);
            return;
        }

        _notifier.Wheel.Schedule(_expiry, _deadline);
        _hasNews = true;
        _mustTell = true;
        TrySend();
    }

    /// <summary>The number of the next document, from 0 (RFC 4235 §4.1, RFC 3680 §5.1).</summary>
    public uint TakeVersion() => _version++;

    /// <summary>The place that was taken for another source address is given back by the caller.</summary>
    public void MoveTo(NetAddress source) => Source = source;

    /// <summary>The state has changed.</summary>
    public void Touch()
    {
        if (IsEnding)
            return;

        if (_hasNews)
            _notifier.Counters.CountCoalesced();
        _hasNews = true;
        TrySend();
    }

    /// <summary>Ends the subscription: one more NOTIFY says so, and whatever becomes of it, it is over then.</summary>
    public void End(EndOfSubscription reason, int retryAfter = 0)
    {
        if (IsEnding)
            return;

        _ending = reason;
        _retryAfter = retryAfter;
        _notifier.Wheel.Cancel(_expiry);
        TrySend();
    }

    /// <summary>The subscription is over without another word: the watcher does not know it any more, or cannot be reached.</summary>
    public void Drop()
    {
        if (IsOver)
            return;

        IsOver = true;
        Abandon();
        _notifier.Wheel.Cancel(_expiry);
        _notifier.Wheel.Cancel(_hold);
        _notifier.Forget(this);
        Dialog.Terminate();
    }

    /// <summary>The notifier has room for the NOTIFY that was waiting.</summary>
    public void OnTurn()
    {
        _isQueued = false;
        TrySend();
    }

    public bool ChecksStrangers => true;

    public void OnRequest(SipMessage request, ServerTransaction server) => _notifier.OnRequest(this, request, server);

    /// <summary>A NOTIFY got its final response.</summary>
    public void OnAnswered(NotifyTransaction notify, SipMessage response)
    {
        if (!Finish(notify))
            return;

        var status = response.StatusCode;
        if (status < 300)
        {
            _failures = 0;
            TrySend();
            return;
        }

        _notifier.Counters.CountNotifyFailure();
        if (EndsSubscription(status) || ++_failures >= _notifier.Options.MaxNotifyFailures)
        {
            _notifier.Counters.CountDropped();
            Drop();
            return;
        }

        // RFC 3261 §20.33: not before that. What was not taken is told then, and no later than the next refresh.
        if (RetryAfter(response) is var seconds and > 0)
        {
            _notBefore = _notifier.Now + TimeSpan.FromSeconds(Math.Min(seconds, _notifier.Options.MaxRetryAfterSeconds));
            _hasNews = true;
            _mustTell = true;
        }

        TrySend();
    }

    /// <summary>A NOTIFY got no answer, or could not be sent (RFC 6665 §4.2.2).</summary>
    public void OnFailed(NotifyTransaction notify)
    {
        if (!Finish(notify))
            return;

        _notifier.Counters.CountNotifyFailure();
        _notifier.Counters.CountDropped();
        Drop();
    }

    private bool Finish(NotifyTransaction notify)
    {
        if (_underWay != notify)
            return false;

        _underWay = null;
        _notifier.Left();
        if (!notify.IsLast)
            return !IsOver;

        Drop();
        return false;
    }

    private void Abandon()
    {
        if (_underWay is null)
            return;

        _underWay = null;
        _notifier.Left();
    }

    private void TrySend()
    {
        if (IsOver || _isQueued || _underWay is not null)
            return;

        if (_ending is null)
        {
            if (!_hasNews)
                return;

            if (_notifier.Now < _notBefore)
            {
                _notifier.Wheel.Schedule(_hold, _notBefore);
                return;
            }

            // It came and went before anybody was told.
            if (!_mustTell && !Package.HasNews(this))
            {
                _hasNews = false;
                return;
            }
        }

        if (_notifier.TryEnter(this))
            Send();
        else
            _isQueued = true;
    }

    private void Send()
    {
        _notifier.Wheel.Cancel(_hold);
        _hasNews = false;
        _mustTell = false;
        _notBefore = _notifier.Now + Package.Interval;
        var isLast = _ending is not null;
        var state = _ending is { } reason ? SubscriptionState.Terminated(reason, _retryAfter) : SubscriptionState.Active(SecondsLeft);
        var notify = new NotifyTransaction(this, isLast);
        _underWay = notify;

        // The end by the watcher's wish or by time carries the state once more (§4.2.1.4); any other end says only why.
        var body = isLast && _ending != EndOfSubscription.Timeout ? [] : Package.Compose(this);
        _notifier.Send(this, notify, state, body);
    }

    // RFC 6665 §4.2.2, RFC 5057 §5.1
    private static bool EndsSubscription(int status) => status is 404 or 405 or 410 or 416 or (>= 480 and <= 485) or 489 or 501 or 604;

    private static long RetryAfter(SipMessage response)
    {
        if (!response.TryGetHeader(HeaderName.RetryAfter, out var value))
            return 0;

        var end = value.IndexOfAny((byte)';', (byte)' ', (byte)'(');
        return SipText.TryParseNumber(end < 0 ? value : value[..end], uint.MaxValue, out var seconds) ? seconds : 0;
    }
}
