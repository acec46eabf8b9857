using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Messages;

/// <summary>
/// One message of an extension to all contacts of another: each gets a request of its own, the first 2xx is the verdict, and when
/// there is none the best refusal is. The sender hears it once; contacts whose turn comes later still get the message.
/// </summary>
internal sealed class MessageDelivery
{
    private const int FlowFailed = 430; // RFC 5626 §11.5

    private readonly CallEnvironment _environment;
    private readonly MessageOptions _options;
    private readonly ContactLines _lines;
    private readonly SipMessage _request;
    private readonly ServerTransaction _server;
    private readonly Action<MessageVerdict> _verdict;
    private readonly Action _done;
    private readonly CallbackTimer _trying;
    private readonly CallbackTimer _deadline;
    private readonly List<MessageAttempt> _open = [];
    private DeviceFlows _phones = null!;
    private CalleeAddressing _addressing = null!;
    private int _contacts;
    private int _best;
    private bool _allUnreachable = true;
    private bool _isDecided;
    private bool _isClosed;

    /// <param name="environment">What it uses of its shard.</param>
    /// <param name="options">How long it may take.</param>
    /// <param name="lines">One message at a time to each contact.</param>
    /// <param name="request">The MESSAGE; kept until all is over.</param>
    /// <param name="server">Its transaction.</param>
    /// <param name="verdict">Hears the verdict, once.</param>
    /// <param name="done">Hears, once, that nothing of it is left.</param>
    public MessageDelivery(
        CallEnvironment environment, MessageOptions options, ContactLines lines, SipMessage request, ServerTransaction server,
        Action<MessageVerdict> verdict, Action done)
    {
        _environment = environment;
        _options = options;
        _lines = lines;
        _request = request.Retain();
        _server = server;
        _verdict = verdict;
        _done = done;
        _trying = new CallbackTimer(_ => SayTrying());
        _deadline = new CallbackTimer(_ => TimeUp());
    }

    /// <summary>Sends the message to each phone, over the first of its flows that works (RFC 5626 §7).</summary>
    public void Start(DeviceFlows phones, CalleeAddressing addressing)
    {
        _phones = phones;
        _addressing = addressing;
        _environment.Wheel.Schedule(_trying, _environment.Now + _options.TryingAfter);
        _environment.Wheel.Schedule(_deadline, _environment.Now + _options.DeliveryTimeout);

        // All are open before the first is sent: none may be taken for the last.
        var attempts = phones.First.Select(contact => new MessageAttempt(this, addressing.For(contact))).ToArray();
        _open.AddRange(attempts);
        foreach (var attempt in attempts)
            Join(attempt);

        Conclude();
    }

    /// <summary>A Call-ID for a request to one contact.</summary>
    public string NewCallId() => _environment.NewCallId();

    /// <summary>Sends the request to one contact, when the way to it is found.</summary>
    public void Send(MessageAttempt attempt)
    {
        _contacts++;
        _environment.OwnCallIds.Add(attempt.CallId);
        ContactWay.Find(_environment.Engine, attempt.Dial.Contact, _environment.Now, targets => Send(attempt, targets));
    }

    // Null: over the flow of the contact.
    private void Send(MessageAttempt attempt, SipTargetList? targets)
    {
        var dial = attempt.Dial;
        var writer = SipWriter.Request(SipMethod.Message, SipsContacts.RequestUri(dial.Contact, dial.IsSips));
        foreach (var path in dial.Contact.Routes)
            writer.Header(HeaderName.Route, path);

        writer.Header(HeaderName.MaxForwards, dial.MaxForwards);
        writer.Begin(HeaderName.From).Append(dial.From).Append(";tag="u8).Append(_environment.Engine.NewTag()).End();
        writer.Header(HeaderName.To, dial.To).Header(HeaderName.CallId, attempt.CallId).Header(HeaderName.CSeq, "1 MESSAGE"u8);
        writer.Header(HeaderName.UserAgent, _environment.Options.Product);
        if (dial.AssertedIdentity.Length > 0)
            writer.Header(HeaderName.PAssertedIdentity, dial.AssertedIdentity);

        // RFC 3428 §4, §7, table 1: what belongs to the message itself.
        foreach (ref readonly var field in _request.Headers)
        {
            if (field.Name is HeaderName.Date or HeaderName.Expires or HeaderName.Subject or HeaderName.Priority or HeaderName.InReplyTo
                or HeaderName.ContentDisposition or HeaderName.ContentEncoding or HeaderName.ContentLanguage or HeaderName.MimeVersion)
                writer.Copy(_request, field);
        }

        var bytes = _request.Body.IsEmpty || !_request.TryGetHeader(HeaderName.ContentType, out var type)
            ? writer.Finish()
            : writer.Finish(type, _request.Body);
        var loopKey = SipEngine.LoopKey(_request);
        if (targets is null)
            _environment.Engine.SendRequest(bytes, SipMethod.Message, dial.Contact.Way, _environment.Now, attempt, loopKey);
        else
            _environment.Engine.SendRequest(bytes, SipMethod.Message, targets, _environment.Now, attempt, loopKey);
    }

    /// <summary>A contact answered, did not answer, or cannot be reached.</summary>
    public void Finished(MessageAttempt attempt, int status, bool isUnreachable)
    {
        _environment.OwnCallIds.Remove(attempt.CallId);
        _open.Remove(attempt);
        if (status is >= 200 and < 300)
            Decide(MessageOutcome.Delivered, 200);
        else if ((isUnreachable || status == FlowFailed) && _phones.TakeNext(attempt.Dial.Contact) is { } next)
            TryNext(next);
        else
            Refused(status, isUnreachable);

        _lines.Leave(attempt);
        Conclude();
    }

    // The flow failed, not the phone: it has another one.
    private void TryNext(Binding contact)
    {
        var attempt = new MessageAttempt(this, _addressing.For(contact));
        _open.Add(attempt);
        Join(attempt);
    }

    private void Join(MessageAttempt attempt)
    {
        if (_lines.TryJoin(attempt))
            return;

        attempt.GiveUp();
        _open.Remove(attempt);
        Refused(486, isUnreachable: false);
    }

    private void Refused(int status, bool isUnreachable)
    {
        _allUnreachable &= isUnreachable;
        if (ForkResponses.IsBetter(status, _best))
            _best = status;
    }

    // RFC 4320 §4.1: a sender that hears nothing repeats itself.
    private void SayTrying()
    {
        if (!_isDecided && !_server.IsAnswered)
            _environment.Engine.Respond(_server, _server.Reply(100), _environment.Now);
    }

    private void TimeUp()
    {
        // What waited for a contact until now is old; the sender believes that it failed.
        foreach (var attempt in _open.ToArray())
        {
            if (!attempt.IsWaiting)
                continue;

            attempt.GiveUp();
            _open.Remove(attempt);
        }

        Decide(MessageOutcome.NoAnswer, 480);
        Conclude();
    }

    private void Conclude()
    {
        if (_open.Count > 0)
            return;

        if (_allUnreachable)
            Decide(MessageOutcome.Unreachable, 480);
        else if (_best == 408)
            Decide(MessageOutcome.NoAnswer, 480);
        else
            Decide(MessageOutcome.Refused, ForkResponses.TowardCaller(_best));

        Close();
    }

    private void Decide(MessageOutcome outcome, int status)
    {
        if (_isDecided)
            return;

        _isDecided = true;
        _environment.Wheel.Cancel(_trying);
        _environment.Wheel.Cancel(_deadline);
        _verdict(new MessageVerdict(outcome, status, _contacts));
    }

    private void Close()
    {
        if (_isClosed)
            return;

        _isClosed = true;
        _request.Release();
        _done();
    }
}
