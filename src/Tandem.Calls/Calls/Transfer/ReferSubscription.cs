using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Subscriptions;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// The subscription that a REFER makes (RFC 3515 §2.4.4): one NOTIFY at a time, so that they cannot overtake each other; what happens
/// while one is under way is told by the next, the last one always. It may outlive the call whose dialog it shares (RFC 5057 §4.2):
/// then it is the dialog's owner until the last NOTIFY is answered.
/// </summary>
internal sealed class ReferSubscription : TimerEntry, IDialogUser, ITransactionOwner, IReferWatcher
{
    private readonly CallEnvironment _environment;
    private readonly Dialog _dialog;
    private readonly string _event;
    private readonly string _contact;
    private Moment _expiresAt;
    private int _status = 100;
    private bool _isFinal;
    private EndOfSubscription _why = EndOfSubscription.NoResource;
    private bool _hasNews;
    private bool _inFlight;
    private bool _saidGoodbye;
    private bool _keepsDialog;
    private Action? _delivered;

    /// <param name="environment">The shard.</param>
    /// <param name="dialog">The dialog of the REFER.</param>
    /// <param name="id">The id parameter of Event: the CSeq of the REFER, from the second one in a dialog on (§2.4.6); 0 for none.</param>
    /// <param name="contact">Our Contact value in that dialog.</param>
    /// <param name="lifetime">How long it lives unless it ends before.</param>
    public ReferSubscription(CallEnvironment environment, Dialog dialog, uint id, string contact, TimeSpan lifetime)
    {
        _environment = environment;
        _dialog = dialog;
        _event = id == 0 ? "refer" : $"refer;id={id}";
        _contact = contact;
        environment.ReferSubscriptions++;
        ExpireIn(lifetime);
    }

    /// <summary>True when nothing more is told.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The call has left the dialog, or never was in it: it ends with the subscription.</summary>
    public void KeepDialog()
    {
        _keepsDialog = true;
        _dialog.Owner = this;
    }

    public void Tell(int status, bool isFinal)
    {
        if (IsOver || _isFinal)
            return;

        _status = status;
        _isFinal = isFinal;
        _hasNews = true;
        SendNews();
    }

    public void WhenDelivered(Action then)
    {
        if (IsOver)
            then();
        else
            _delivered = then;
    }

    /// <summary>SUBSCRIBE in the dialog refreshes the subscription or ends it (RFC 6665 §4.2.1); there is no other way to have one: 403 (RFC 3515 §2.4.4).</summary>
    public void OnSubscribe(SipMessage request, ServerTransaction server)
    {
        var isOurs = request.TryGetHeader(HeaderName.Event, out var value) && SipText.EqualsIgnoreCase(SipText.Trim(value), System.Text.Encoding.ASCII.GetBytes(_event));
        if (!isOurs || IsOver)
        {
            Answer(server, isOurs ? 481 : 403);
            return;
        }

        var left = (int)(_expiresAt - _environment.Now).TotalSeconds;
        var seconds = request.TryGetHeader(HeaderName.Expires, out var wish) && SipText.TryParseNumber(SipText.Trim(wish), int.MaxValue, out var wished)
            ? (int)Math.Min(wished, Math.Max(left, 0))
            : left;
        Answer(server, 200, seconds);
        if (seconds <= 0)
            Expire();
        else
            ExpireIn(TimeSpan.FromSeconds(seconds));

        _hasNews = true;
        SendNews();
    }

    public void OnRequest(SipMessage request, ServerTransaction server)
    {
        if (request.Method == SipMethod.Subscribe)
            OnSubscribe(request, server);
        else
            Answer(server, request.Method is SipMethod.Bye or SipMethod.Options ? 200 : 481);
    }

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode < 200)
            return;

        _inFlight = false;
        if (response.StatusCode >= 300)
            End(); // RFC 6665 §4.2.2: the phone does not want it. That is no wish to stop the transfer (RFC 3515 §2.4.4).
        else
            SendNews();
    }

    public void OnTimeout() => End();

    public void OnTransportFailed() => End();

    public void OnEnded()
    {
    }

    protected override void OnDue(Moment now)
    {
        Expire();
        SendNews();
    }

    // It ends without the outcome, because it was not refreshed or was not wanted any longer.
    private void Expire()
    {
        if (_isFinal)
            return;

        _isFinal = true;
        _why = EndOfSubscription.Timeout;
        _hasNews = true;
    }

    private void ExpireIn(TimeSpan lifetime)
    {
        _expiresAt = _environment.Now + lifetime;
        _environment.Wheel.Schedule(this, _expiresAt);
    }

    private void SendNews()
    {
        if (IsOver || _inFlight)
            return;

        if (_saidGoodbye || _dialog.State == DialogState.Terminated)
        {
            End();
            return;
        }

        if (!_hasNews)
            return;

        _hasNews = false;
        _inFlight = true;
        _saidGoodbye = _isFinal;
        var notify = _dialog.Request(SipMethod.Notify)
            .Header(HeaderName.Contact, _contact)
            .Header(HeaderName.Event, _event)
            .Header(HeaderName.UserAgent, _environment.Options.Product);
        var state = _isFinal
            ? SubscriptionState.Terminated(_why)
            : SubscriptionState.Active((int)(_expiresAt - _environment.Now).TotalSeconds);
        state.WriteTo(notify);
        _environment.Engine.SendRequest(
            notify.Finish(SipFrag.ContentType, SipFrag.Status(_status)), SipMethod.Notify, _dialog, _environment.Now, this);
    }

    private void Answer(ServerTransaction server, int status, int expires = -1)
    {
        if (server.IsAnswered || server.Request is null)
            return;

        var response = server.Reply(status).Header(HeaderName.Server, _environment.Options.Product);
        if (expires >= 0)
            response.Header(HeaderName.Expires, expires).Header(HeaderName.Contact, _contact);
        _environment.Engine.Respond(server, response, _environment.Now);
    }

    private void End()
    {
        if (IsOver)
            return;

        IsOver = true;
        _environment.ReferSubscriptions--;
        _environment.Wheel.Cancel(this);
        if (_keepsDialog)
            _dialog.Terminate();

        var delivered = _delivered;
        _delivered = null;
        delivered?.Invoke();
    }
}
