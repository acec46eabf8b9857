using System.Threading.Channels;
using Serilog.Context;
using Serilog.Core;
using Serilog.Core.Enrichers;
using Serilog.Events;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Trunks;
using Tandem.Core.Privacy;
using ILogger = Serilog.ILogger;

namespace Tandem.Server.Logging;

/// <summary>
/// Writes call and registration events to the log. The shard only queues the event; a task of this class formats and writes.
/// A full queue drops the event and counts it.
/// </summary>
public sealed class ExchangeEventLog : IEventSink, IAsyncDisposable
{
    private readonly ILogger _log;
    private readonly Channel<ExchangeEvent> _queue;
    private readonly Task _writer;
    private long _dropped;

    public ExchangeEventLog(ILogger log, int capacity)
    {
        _log = log.ForContext("component", LogComponents.Sip);
        _queue = Channel.CreateBounded<ExchangeEvent>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Events that were not written because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Events that wait.</summary>
    public int Waiting => _queue.Reader.Count;

    public void Publish(ExchangeEvent exchangeEvent)
    {
        // What nobody will read must not wake the writer for each call.
        if (!_log.IsEnabled(LevelOf(exchangeEvent)))
            return;

        if (!_queue.Writer.TryWrite(exchangeEvent))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what waits and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
    }

    private async Task WriteAsync()
    {
        long reported = 0;
        await foreach (var exchangeEvent in _queue.Reader.ReadAllAsync())
        {
            Write(exchangeEvent);
            var dropped = Dropped;
            if (dropped != reported)
            {
                _log.Warning("{Dropped} events were not logged: the queue (LOG_QUEUE) was full", dropped - reported);
                reported = dropped;
            }
        }
    }

    private static LogEventLevel LevelOf(ExchangeEvent exchangeEvent) => exchangeEvent switch
    {
        RegistrationEvent { Change: RegistrationChange.Refreshed } => LogEventLevel.Debug,
        AuthenticationFailed { BannedFor: not null } or OverloadChanged { Report.IsOver: false } or CallRecordingFailed or TollTripped or TenantStorageFull or TenantLimitReached
            or ProfileEvent { State.Status: ProfileStatus.Failed } => LogEventLevel.Warning,
        _ => LogEventLevel.Information,
    };

    private void Write(ExchangeEvent exchangeEvent)
    {
        switch (exchangeEvent)
        {
            case CallEvent call:
                WriteCall(call);
                break;
            case RegistrationEvent registration:
                WriteRegistration(registration);
                break;
            case AuthenticationFailed failed:
                WriteFailure(failed);
                break;
            case MessageEvent message:
                WriteMessage(message);
                break;
            case OverloadChanged overload:
                WriteOverload(overload);
                break;
            case ProfileEvent profile:
                _log.ForContext("tenant", profile.Tenant.Value).Write(
                    LevelOf(profile), "SIP profile {Profile:l} is {Status:l}: {Text:l} ({SipStatus} {ProviderText:l})",
                    Safe(profile.Name), profile.State.Status.ToString().ToLowerInvariant(), profile.State.Text, profile.State.SipStatus, Safe(profile.State.ProviderText));
                break;
            case TenantStorageFull full:
                _log.Warning("Tenant {Tenant:l} has stored all that it may: {Used} of {Limit} bytes", full.Tenant.Value, full.Used, full.Limit);
                break;
            case TenantLimitReached reached:
                _log.ForContext("tenant", reached.Tenant.Value).Warning(
                    "Tenant {Tenant:l} is refused by its limit {Limit:l} ({Most}), {Refused} times so far", reached.Tenant.Value, reached.Limit.ToString(), reached.Most, reached.Refused);
                break;
            case TollTripped tripped:
                _log.ForContext("tenant", tripped.Tenant.Value).Warning(
                    "Toll guard: a call of {From:l} through {Profile:l} was refused: {Text:l}", Person(tripped.Caller), Safe(tripped.Profile), Safe(tripped.Text));
                break;
        }
    }

    private void WriteCall(CallEvent exchangeEvent)
    {
        var call = exchangeEvent.Call;
        using var context = LogContext.Push(
            new PropertyEnricher("callId", call.Id.Value),
            new PropertyEnricher("traceId", call.TraceId),
            new PropertyEnricher("tenant", call.Tenant.Value),
            new PropertyEnricher("sipCallId", Safe(call.CallerSipCallId)));
        var from = Person(call.CallerNumber);
        var to = Person(call.CalleeNumber);
        switch (exchangeEvent)
        {
            case CallCreated:
                _log.Information("Call from {From:l} to {To:l} from address {Address:l}", from, to, Person(call.CallerAddress));
                break;
            case CallRinging:
                _log.Information("Call from {From:l} to {To:l} rings", from, to);
                break;
            case CallAnswered:
                _log.Information("Call from {From:l} to {To:l} answered at address {Address:l}", from, to, Person(call.CalleeAddress));
                break;
            case CallHeld held:
                _log.Information("Call from {From:l} to {To:l} held by the {By:l}", from, to, Word(held.By));
                break;
            case CallResumed resumed:
                _log.Information("Call from {From:l} to {To:l} resumed by the {By:l}", from, to, Word(resumed.By));
                break;
            case CallDigit digit:
                _log.Debug("Call from {From:l} to {To:l}: a key of the {By:l}", from, to, Word(digit.By));
                break;
            case CallRecordingChanged:
                _log.Information("Call from {From:l} to {To:l}: recording is {State:l}", from, to, call.Recording.ToString());
                break;
            case CallRecordingFailed failed:
                _log.Warning("Call from {From:l} to {To:l} is not recorded: {Problem:l}", from, to, Safe(failed.Problem));
                break;
            case CallWaiting waiting:
                _log.Information("Call from {From:l} to {To:l} waits for the program {Program:l}", from, to, waiting.Name);
                break;
            case CallTransferred transferred:
                _log.Information("Call from {From:l} to {To:l} transferred by the {By:l} to call {NewCall:l}", from, to, Word(transferred.By), transferred.NewCall.Value);
                break;
            case CallParked parked:
                _log.Information("Call from {From:l} parked in {Slot:l} by {By:l}", from, parked.Slot, Person(parked.ParkedBy));
                break;
            case CallRetrieved retrieved:
                _log.Information("Call from {From:l} retrieved from {Slot:l} by {By:l}", from, retrieved.Slot, Person(retrieved.Number));
                break;
            case CallParkExpired expired:
                _log.Information("Call from {From:l} was not retrieved from {Slot:l}: back to {By:l}", from, expired.Slot, Person(expired.ParkedBy));
                break;
            case CallPickedUp pickedUp:
                _log.Information("Call from {From:l} that rang at {To:l} picked up by {By:l}", from, Person(pickedUp.Number), Person(pickedUp.TakenBy));
                break;
            case CallEnded ended:
                var verdict = ended.Record.Verdict;
                _log.Information(
                    "Call from {From:l} to {To:l} ended after {Duration} s: {Reason:l}, {Status}, by the {By:l}",
                    from, to, Math.Round(ended.Record.Duration.TotalSeconds, 3), verdict.Reason.ToString(), verdict.SipStatus, Word(verdict.EndedBy));
                break;
        }
    }

    private void WriteRegistration(RegistrationEvent registration)
    {
        var binding = registration.Binding;
        var number = Person(binding.Number);
        var address = Person(binding.Flow.ToString());
        using var context = LogContext.Push(new PropertyEnricher("tenant", registration.Tenant.Value));
        switch (registration.Change)
        {
            case RegistrationChange.Refreshed:
                _log.Debug("Extension {Extension:l} refreshed from {Address:l} for {Expires} s", number, address, binding.ExpiresSeconds);
                break;
            case RegistrationChange.Registered:
                _log.Information(
                    "Extension {Extension:l} registered from {Address:l} for {Expires} s, {UserAgent:l}", number, address, binding.ExpiresSeconds, Safe(binding.UserAgent));
                break;
            default:
                _log.Information("Extension {Extension:l} at {Address:l} {Change:l}", number, address, registration.Change switch
                {
                    RegistrationChange.Unregistered => "unregistered",
                    RegistrationChange.Expired => "expired",
                    RegistrationChange.Unreachable => "answers no keep-alive and is dropped",
                    RegistrationChange.ConnectionClosed when binding.IsLost => "lost its connection and cannot be called until it registers again",
                    RegistrationChange.ConnectionClosed => "lost its connection",
                    _ => "removed by an operator",
                });
                break;
        }
    }

    // The text of a message is in no log.
    private void WriteMessage(MessageEvent message)
    {
        var from = Person(message.From);
        var to = Person(message.To);
        var verdict = message.Verdict;
        using var context = LogContext.Push(new PropertyEnricher("tenant", message.Tenant.Value));
        if (verdict.IsDelivered)
            _log.Information("Message from {From:l} to {To:l} delivered, {Bytes} bytes", from, to, message.Bytes);
        else
            _log.Information("Message from {From:l} to {To:l} not delivered: {Reason:l}, {Status}", from, to, verdict.Outcome.ToString(), verdict.Status);
    }

    private void WriteFailure(AuthenticationFailed failed)
    {
        var address = Person(failed.Source.ToString());
        var claimed = Person(failed.Claimed);
        using var context = LogContext.Push(new PropertyEnricher("tenant", failed.Tenant.Value));
        if (failed.BannedFor is { } time)
        {
            _log.Warning(
                "{Method:l} as {Extension:l} from {Address:l} with wrong credentials, once too often: not heard for {Banned} s",
                failed.Method, claimed, address, Math.Round(time.TotalSeconds));
        }
        else
        {
            _log.Information("{Method:l} as {Extension:l} from {Address:l} with wrong credentials", failed.Method, claimed, address);
        }
    }

    private void WriteOverload(OverloadChanged overload)
    {
        var report = overload.Report;
        var lag = Math.Round(report.Lag.TotalMilliseconds);
        var full = Math.Round(report.Pressure * 100);
        if (report.IsOver)
        {
            _log.Information(
                "Overload of SIP shard {Shard} is over after {Duration} s: {Refused} requests got 503, it was {Lag} ms behind at most, the queue to the database {Full} % full",
                overload.Shard, Math.Round(report.Duration.TotalSeconds, 1), report.Refused, lag, full);
        }
        else
        {
            _log.Warning(
                "SIP shard {Shard} is overloaded: {Lag} ms behind, the queue to the database {Full} % full; new calls and registrations get 503",
                overload.Shard, lag, full);
        }
    }

    private static string Person(string text) => Safe(new PersonalText(text).ToString());

    private static string Safe(string text) => LogSafe.OneLine(text, 256);

    private static string Word(CallSide side) => side.ToString().ToLowerInvariant();
}
