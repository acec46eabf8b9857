using System.Globalization;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Registrar;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Core.Text;

namespace Tandem.Calls.Events.Public;

/// <summary>
/// Makes <see cref="PublicEvent"/>s: the one place that decides what the outside is told. No secrets, no keys that may be part of one, no text of messages.
/// Who adds an event gives it a name in <see cref="PublicEventTypes"/> and a method here.
/// </summary>
public static class PublicEvents
{
    private const int LongestText = 512;
    private const int MostAttempts = 20;

    [ThreadStatic]
    private static JsonPad? _pad;

    /// <summary>The event in public form; null when it is not public.</summary>
    /// <param name="exchangeEvent">What happened.</param>
    /// <param name="sequence">Its place among the events of this node.</param>
    /// <param name="run">The run of the process, so that ids of two runs differ: letters and digits.</param>
    public static PublicEvent? From(ExchangeEvent exchangeEvent, long sequence, string run) => exchangeEvent switch
    {
        CallEnded ended => Ended(ended.Record, sequence),
        CallEvent call when PublicEventTypes.Of(call) is { } type => Make(IdOf(call, type, sequence, run), type, call, sequence),
        RegistrationEvent registration when PublicEventTypes.Of(registration) is { } type =>
            Make(IdOf(sequence, run), type, registration.Tenant, "", sequence, registration.At, json => Write(json, registration)),
        MessageEvent message when PublicEventTypes.Of(message) is { } type =>
            Make(IdOf(sequence, run), type, message.Tenant, "", sequence, message.At, json => Write(json, message)),
        ProfileEvent profile => Make(IdOf(sequence, run), PublicEventTypes.ProfileChanged, profile.Tenant, "", sequence, profile.At, json => Write(json, profile)),
        TollTripped tripped => Make(IdOf(sequence, run), PublicEventTypes.TollTripped, tripped.Tenant, "", sequence, tripped.At, json => Write(json, tripped)),
        Rooms.RoomEvent room => Make(
            IdOf(sequence, run), MeetingEvents.Of(room.Kind), room.Tenant, room.Member?.Call.Value ?? "", sequence, room.At, json => MeetingEvents.Write(json, room)),
        Monitoring.MonitorEvent monitor => Make(
            IdOf(sequence, run), MeetingEvents.Of(monitor.Kind), monitor.Tenant, monitor.Call?.Value ?? "", sequence, monitor.At, json => MeetingEvents.Write(json, monitor)),
        TenantStorageFull full => Make(IdOf(sequence, run), PublicEventTypes.TenantStorageFull, full.Tenant, "", sequence, full.At, json =>
        {
            json.WriteNumber("usedBytes"u8, full.Used);
            json.WriteNumber("limitBytes"u8, full.Limit);
        }),
        TenantLimitReached reached => Make(IdOf(sequence, run), PublicEventTypes.TenantLimitReached, reached.Tenant, "", sequence, reached.At, json =>
        {
            json.WriteString("limit"u8, Word(reached.Limit));
            json.WriteNumber("most"u8, reached.Most);
            json.WriteNumber("refused"u8, reached.Refused);
        }),
        _ when PublicDeskEvents.Of(exchangeEvent) is { } type => FromDesk(exchangeEvent, type, IdOf(sequence, run), sequence),
        _ => null,
    };

    /// <summary>The event that a call is over. Its id follows from the call, so it exists at most once.</summary>
    public static PublicEvent Ended(CallDetailRecord record, long sequence) => Make(
        OnceId(record.Id, PublicEventTypes.CallEnded), PublicEventTypes.CallEnded, record.Tenant, record.Id.Value, sequence, record.EndedAt, json => Write(json, record));

    /// <summary>The event that a test delivery carries.</summary>
    /// <param name="id">Letters, digits, <c>_</c> and <c>-</c>.</param>
    /// <param name="webhook">The webhook that is tested.</param>
    public static PublicEvent Test(TenantId tenant, string id, string webhook, long sequence, DateTimeOffset at) =>
        Make(id, PublicEventTypes.Test, tenant, "", sequence, at, json => json.WriteString("webhookId"u8, webhook));

    // By itself, so that what it captures is made for no other event.
    private static PublicEvent FromDesk(ExchangeEvent desk, string type, string id, long sequence) =>
        Make(id, type, desk.Tenant, PublicDeskEvents.CallOf(desk), sequence, desk.At, json => PublicDeskEvents.Write(json, desk));

    private static PublicEvent Make(string id, string type, CallEvent call, long sequence) =>
        Make(id, type, call.Tenant, call.Call.Id.Value, sequence, call.At, json => Write(json, call));

    private static PublicEvent Make(string id, string type, TenantId tenant, string callId, long sequence, DateTimeOffset at, Action<Utf8JsonWriter> data)
    {
        var pad = _pad ??= new JsonPad();
        var json = pad.Begin();
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, type);
        WriteTime(json, "timestamp"u8, at);
        json.WriteString("tenant"u8, tenant.Value);
        WriteText(json, "callId"u8, callId);
        json.WriteStartObject("data"u8);
        data(json);
        json.WriteEndObject();
        json.WriteEndObject();
        return new PublicEvent(id, type, tenant, callId, sequence, at, pad.End().ToArray());
    }

    // What happens once to a call has an id of the call, the rest one of the node's run and the place in it.
    private static string IdOf(CallEvent call, string type, long sequence, string run) =>
        call is CallCreated or CallRinging or CallAnswered ? OnceId(call.Call.Id, type) : IdOf(sequence, run);

    private static string IdOf(long sequence, string run) => string.Create(CultureInfo.InvariantCulture, $"evt_{run}_{sequence:x}");

    private static string OnceId(CallId call, string type) => $"evt_{call.Value}_{type.AsSpan(type.IndexOf('.') + 1)}";

    private static void Write(Utf8JsonWriter json, CallEvent call)
    {
        var now = call.Call;
        json.WriteString("state"u8, EnumText.Upper(now.State));
        json.WriteString("caller"u8, Cut(now.CallerNumber));
        json.WriteString("callee"u8, Cut(now.CalleeNumber));
        json.WriteString("traceId"u8, Cut(now.TraceId));
        json.WriteString("sipCallId"u8, Cut(now.CallerSipCallId));
        json.WriteString("direction"u8, Word(now.Direction));
        WriteText(json, "profileId"u8, now.ProfileId);
        WriteTime(json, "initiatedAt"u8, now.InitiatedAt);
        WriteTime(json, "ringingAt"u8, now.RingingAt);
        WriteTime(json, "answeredAt"u8, now.AnsweredAt);
        switch (call)
        {
            case CallHeld held:
                json.WriteString("by"u8, Word(held.By));
                break;
            case CallResumed resumed:
                json.WriteString("by"u8, Word(resumed.By));
                break;
            case CallTransferred transferred:
                json.WriteString("by"u8, Word(transferred.By));
                json.WriteString("newCallId"u8, transferred.NewCall.Value);
                break;
            case CallDigit digit:
                json.WriteString("by"u8, Word(digit.By));
                WriteText(json, "digit"u8, digit.IsSecret ? null : digit.Digit.ToString());
                json.WriteBoolean("secret"u8, digit.IsSecret);
                json.WriteNumber("milliseconds"u8, digit.Milliseconds);
                break;
            case CallWaiting waiting:
                json.WriteString("name"u8, waiting.Name);
                json.WriteNumber("limitSeconds"u8, Math.Round(waiting.Limit.TotalSeconds, 3));
                WriteTexts(json, "headers"u8, waiting.Headers);
                break;
            case IParkedCallEvent parked:
                json.WriteString("slot"u8, parked.Slot);
                WriteText(json, "parkedBy"u8, parked.ParkedBy);
                break;
            case CallRetrieved retrieved:
                json.WriteString("slot"u8, retrieved.Slot);
                json.WriteString("number"u8, retrieved.Number);
                break;
            case CallPickedUp pickedUp:
                json.WriteString("number"u8, pickedUp.Number);
                json.WriteString("takenBy"u8, pickedUp.TakenBy);
                break;
            case CallCommandEnded command:
                json.WriteString("commandId"u8, command.CommandId);
                json.WriteString("command"u8, command.Command);
                json.WriteString("outcome"u8, Word(command.Outcome));
                json.WriteNumber("sipStatus"u8, command.SipStatus);
                WriteText(json, "detail"u8, command.Detail);
                WriteText(json, "digits"u8, command.Digits);
                if (command.Variables is { Count: > 0 } variables)
                    WriteTexts(json, "variables"u8, variables);
                break;
            case CallRecordingChanged:
                json.WriteString("recording"u8, Word(now.Recording));
                break;
            case CallRecordingFailed failed:
                json.WriteString("problem"u8, Cut(failed.Problem));
                break;
            case IvrStepped step:
                Write(json, step.Report);
                break;
            default:
                break; // its type says all
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    // What was typed at a menu says where the caller went; what was typed elsewhere is often a secret.
    private static void Write(Utf8JsonWriter json, Ivr.IvrStepReport step)
    {
        json.WriteString("flow"u8, step.Flow);
        json.WriteString("step"u8, step.Step);
        json.WriteString("kind"u8, step.Kind);
        json.WriteString("result"u8, Word(step.Result));
        WriteText(json, "input"u8, step.Kind == "menu" ? step.Input : new string('*', step.Input.Length));
        WriteText(json, "next"u8, step.Next);
        json.WriteNumber("seconds"u8, Math.Round(step.Took.TotalSeconds, 3));
        WriteText(json, "detail"u8, step.Detail);
    }

    private static void Write(Utf8JsonWriter json, CallDetailRecord record)
    {
        json.WriteString("caller"u8, Cut(record.CallerNumber));
        json.WriteString("callee"u8, Cut(record.CalleeNumber));
        json.WriteString("traceId"u8, Cut(record.TraceId));
        json.WriteString("sipCallId"u8, Cut(record.CallerSipCallId));
        json.WriteString("direction"u8, Word(record.Direction));
        WriteText(json, "profileId"u8, record.ProfileId);
        WriteTime(json, "initiatedAt"u8, record.InitiatedAt);
        WriteTime(json, "ringingAt"u8, record.RingingAt);
        WriteTime(json, "answeredAt"u8, record.AnsweredAt);
        WriteTime(json, "endedAt"u8, record.EndedAt);
        json.WriteNumber("durationSeconds"u8, Math.Round(record.Duration.TotalSeconds, 3));
        json.WriteString("result"u8, Word(record.Verdict.Result));
        json.WriteString("reason"u8, Word(record.Verdict.Reason));
        json.WriteNumber("sipStatus"u8, record.Verdict.SipStatus);
        json.WriteNumber("cause"u8, record.Verdict.Cause);
        json.WriteString("endedBy"u8, Word(record.Verdict.EndedBy));
        json.WriteString("text"u8, Cut(record.Verdict.Text));
        WriteText(json, "transferredBy"u8, record.TransferredBy);
        WriteText(json, "transferredFrom"u8, record.TransferredFrom?.Value);
        WriteText(json, "transferredTo"u8, record.TransferredTo?.Value);
        Write(json, "callerMedia"u8, record.FromCaller);
        Write(json, "calleeMedia"u8, record.FromCallee);
        Write(json, record.Extras);
    }

    private static void Write(Utf8JsonWriter json, CallExtras? extras)
    {
        if (extras?.Price is { } price)
            json.WriteNumber("price"u8, price);
        else
            json.WriteNull("price"u8);

        WriteText(json, "ivrPath"u8, extras?.IvrPath);
        WriteText(json, "takenBy"u8, extras?.TakenBy);
        json.WriteStartArray("recordingIds"u8);
        foreach (var recording in extras?.Recordings ?? [])
            json.WriteStringValue(recording);
        json.WriteEndArray();
        json.WriteStartArray("attempts"u8);
        foreach (var attempt in (extras?.Attempts ?? []).Take(MostAttempts))
            Write(json, attempt);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, CallAttempt attempt)
    {
        json.WriteStartObject();
        json.WriteString("number"u8, Cut(attempt.Number));
        WriteText(json, "address"u8, attempt.Address);
        WriteText(json, "profileId"u8, attempt.ProfileId);
        json.WriteNumber("sipStatus"u8, attempt.SipStatus);
        json.WriteString("text"u8, Cut(attempt.Text));
        WriteTime(json, "dialledAt"u8, attempt.DialledAt);
        WriteTime(json, "ringingAt"u8, attempt.RingingAt);
        WriteTime(json, "endedAt"u8, attempt.EndedAt);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, DirectionStatistics media)
    {
        json.WriteStartObject(name);
        WriteText(json, "codec"u8, media.Codec);
        json.WriteNumber("packets"u8, media.Packets);
        json.WriteNumber("lost"u8, media.Lost);
        if (media.Mos is { } mos && double.IsFinite(mos))
            json.WriteNumber("mos"u8, Math.Round(mos, 3));
        else
            json.WriteNull("mos"u8);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ProfileEvent profile)
    {
        json.WriteString("profileId", profile.State.Id.Value);
        json.WriteString("name", profile.Name);
        json.WriteString("status", profile.State.Status.ToString().ToLowerInvariant());
        json.WriteNumber("sipStatus", profile.State.SipStatus);
        json.WriteString("text", profile.State.Text);
        json.WriteString("providerText", profile.State.ProviderText);
        if (profile.State.IsReachable is { } reachable)
            json.WriteBoolean("reachable", reachable);
    }

    private static void Write(Utf8JsonWriter json, TollTripped tripped)
    {
        json.WriteString("rule"u8, Word(tripped.Rule));
        json.WriteString("profile"u8, Cut(tripped.Profile));
        json.WriteString("caller"u8, Cut(tripped.Caller));
        json.WriteString("number"u8, Cut(tripped.Number));
        json.WriteString("text"u8, Cut(tripped.Text));
        json.WriteBoolean("blocked"u8, tripped.Block is not null);
        WriteTime(json, "blockedUntil"u8, tripped.Block?.Until);
    }

    private static void Write(Utf8JsonWriter json, RegistrationEvent registration)
    {
        Binding binding = registration.Binding;
        json.WriteString("number"u8, binding.Number);
        json.WriteString("reason"u8, Word(registration.Change));
        json.WriteString("address"u8, binding.Flow.Remote.ToString());
        json.WriteString("transport"u8, binding.Flow.Transport.ToString().ToUpperInvariant());
        json.WriteString("userAgent"u8, Cut(binding.UserAgent));
        json.WriteNumber("expiresSeconds"u8, binding.ExpiresSeconds);
    }

    private static void Write(Utf8JsonWriter json, MessageEvent message)
    {
        json.WriteString("from"u8, Cut(message.From));
        json.WriteString("to"u8, Cut(message.To));
        json.WriteNumber("bytes"u8, message.Bytes);
        json.WriteString("outcome"u8, Word(message.Verdict.Outcome));
        json.WriteNumber("sipStatus"u8, message.Verdict.Status);
    }

    internal static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (string.IsNullOrEmpty(text))
            json.WriteNull(name);
        else
            json.WriteString(name, Cut(text));
    }

    // What a stranger wrote may be as long as a SIP message; no number, name or reason is.
    internal static ReadOnlySpan<char> Cut(string text) => text.AsSpan(0, Math.Min(text.Length, LongestText));

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is not { } known)
        {
            json.WriteNull(name);
            return;
        }

        Span<byte> text = stackalloc byte[IsoTime.Length];
        IsoTime.Write(text, known);
        json.WriteString(name, text);
    }

    /// <summary><c>NotRegistered</c> → <c>NOT_REGISTERED</c>, as the API writes it.</summary>
    internal static string Word<T>(T value)
        where T : struct, Enum => EnumText.Word(value);
}
