using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Ivr;
using Tandem.Calls.Ports;
using Tandem.Calls.Tracing;
using Tandem.Server.Webhooks;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Otlp;

/// <summary>
/// An ended call as a trace: the call itself, and in it the routing, each leg by its SIP messages, the media; and what comes by itself: the writing of the record and
/// the requests to webhooks. The trace id is the call's, which CDR, API and log have as well. Numbers of people are not told; they are in the record.
/// </summary>
internal static class CallSpans
{
    /// <summary>The spans of a call.</summary>
    /// <param name="record">Its record.</param>
    /// <param name="trace">What was seen of it; null when nothing is kept any more.</param>
    public static IEnumerable<OtlpSpan> Of(CallDetailRecord record, CallTrace? trace)
    {
        if (!IsTrace(record.TraceId))
            yield break;

        var root = Id(record.Id.Value, "call");
        var verdict = record.Verdict;
        var legs = trace is null ? [] : Legs(trace);
        var last = legs.Count == 0 ? record.EndedAt : legs.Max(leg => leg.End);

        // The INVITE that was challenged first came before there was a call.
        var first = legs.Count == 0 ? record.InitiatedAt : legs.Min(leg => leg.Start);
        yield return new OtlpSpan(
            record.TraceId, root, 0, "call", first < record.InitiatedAt ? first : record.InitiatedAt, last > record.EndedAt ? last : record.EndedAt, verdict.Result != ResultClass.Success,
            [
                ("tandem.call_id", record.Id.Value), ("tandem.tenant", record.Tenant.Value), ("tandem.reason", verdict.Reason.ToString()), ("tandem.result", verdict.Result.ToString()),
                ("tandem.ended_by", verdict.EndedBy.ToString()), ("sip.status_code", (long)verdict.SipStatus), ("tandem.cause", (long)verdict.Cause), ("tandem.duration_s", record.Duration.TotalSeconds),
            ])
        { Kind = SpanKind.Server };

        var decided = trace?.Entries.FirstOrDefault(entry => entry.Kind == TraceKind.Decision && entry.Text.Contains("\"dialplan\"", StringComparison.Ordinal));
        yield return new OtlpSpan(
            record.TraceId, Id(record.Id.Value, "routing"), root, "routing", record.InitiatedAt, decided?.At ?? record.RingingAt ?? record.AnsweredAt ?? record.EndedAt, false,
            decided is null ? [] : [("tandem.decision", decided.Text)]);

        foreach (var leg in legs)
        {
            yield return new OtlpSpan(
                record.TraceId, Id(record.Id.Value, "leg " + leg.CallId), root, "leg", leg.Start, leg.End, false,
                [("sip.call_id", leg.CallId), ("network.peer.address", leg.Peer), ("network.transport", leg.Transport), ("tandem.messages", (long)leg.Messages)])
            { Kind = leg.IsOurs ? SpanKind.Client : SpanKind.Server };
        }

        if (record.AnsweredAt is { } answered)
        {
            yield return new OtlpSpan(
                record.TraceId, Id(record.Id.Value, "media"), root, "media", answered, record.EndedAt, false,
                [.. Quality("caller", record.FromCaller), .. Quality("callee", record.FromCallee)]);
        }
    }

    /// <summary>The writing of the record of a call, from its end on; null for a call without a trace id.</summary>
    public static OtlpSpan? Storage(CallId call, string traceId, DateTimeOffset ended, DateTimeOffset written) =>
        IsTrace(traceId) ? new OtlpSpan(traceId, Id(call.Value, "storage"), Id(call.Value, "call"), "storage", ended, written, false, [("tandem.call_id", call.Value)]) : null;

    /// <summary>The question to a webhook where a call goes: a part of its routing.</summary>
    public static OtlpSpan? Question(RouteQuestion question, string problem, DateTimeOffset began, DateTimeOffset ended) =>
        IsTrace(question.TraceId)
            ? new OtlpSpan(
                question.TraceId, QuestionId(question), Id(question.Call.Value, "routing"), "webhook", began, ended, problem.Length > 0,
                [("tandem.call_id", question.Call.Value), ("tandem.event_type", "route")])
            { Kind = SpanKind.Client }
            : null;

    /// <summary>The id of that span.</summary>
    public static ulong QuestionId(RouteQuestion question) => Id(question.Call.Value, FormattableString.Invariant($"question {question.At.UtcTicks}"));

    /// <summary>An attempt to deliver an event of a call; null for an event of none.</summary>
    public static OtlpSpan? Webhook(WebhookDelivery delivery, DeliveryAttempt attempt, DateTimeOffset began, DateTimeOffset ended) =>
        CallOfDelivery.TraceId(delivery) is { } trace
            ? new OtlpSpan(
                trace, WebhookId(delivery), Id(delivery.CallId, "call"), "webhook", began, ended, !attempt.IsDelivered,
                [
                    ("tandem.call_id", delivery.CallId), ("tandem.event_id", delivery.EventId), ("tandem.event_type", delivery.EventType), ("tandem.webhook_id", delivery.WebhookId),
                    ("tandem.attempt", (long)delivery.Attempts + 1), ("http.response.status_code", (long)attempt.Status),
                ])
            { Kind = SpanKind.Client }
            : null;

    /// <summary>The id of that span: another for each attempt.</summary>
    public static ulong WebhookId(WebhookDelivery delivery) => Id(delivery.CallId, FormattableString.Invariant($"webhook {delivery.Id} {delivery.Attempts}"));

    /// <summary>The request of a menu to a web service; null for one of no call.</summary>
    public static OtlpSpan? Menu(IvrWebRequest request, IvrWebAnswer answer, DateTimeOffset began, DateTimeOffset ended) =>
        IsTrace(request.TraceId)
            ? new OtlpSpan(
                request.TraceId, MenuId(request), Id(request.Call.Value, "call"), "ivr.http", began, ended, answer.Problem.Length > 0 || answer.Status is < 200 or >= 300,
                [("tandem.call_id", request.Call.Value), ("tandem.request_id", request.Id), ("http.response.status_code", (long)answer.Status)])
            { Kind = SpanKind.Client }
            : null;

    /// <summary>The id of that span.</summary>
    public static ulong MenuId(IvrWebRequest request) => Id(request.Call.Value, "menu " + request.Id);

    /// <summary>Whether a text is a trace id: 32 hexadecimal digits.</summary>
    public static bool IsTrace(string traceId) => traceId.Length == 32 && traceId.All(char.IsAsciiHexDigit);

    private static List<Leg> Legs(CallTrace trace)
    {
        var legs = new List<Leg>();
        foreach (var entry in trace.Entries)
        {
            if (entry.Kind != TraceKind.Sip)
                continue;

            var callId = Encoding.UTF8.GetString(SipGlance.At(entry.Data.Span).CallId);
            var index = legs.FindIndex(leg => leg.CallId == callId);
            if (index < 0)
                legs.Add(new Leg(callId, entry.Flow.Remote.ToString(), entry.Flow.Transport.ToString().ToLowerInvariant(), entry.At, entry.At, 1, entry.Direction == SipDirection.Sent));
            else
                legs[index] = legs[index] with { End = entry.At, Messages = legs[index].Messages + 1 };
        }

        return legs;
    }

    private static IEnumerable<(string, object)> Quality(string side, DirectionStatistics numbers)
    {
        yield return ($"tandem.{side}.codec", numbers.Codec);
        yield return ($"tandem.{side}.packets", numbers.Packets);
        yield return ($"tandem.{side}.lost", numbers.Lost);
        yield return ($"tandem.{side}.jitter_ms", numbers.JitterMilliseconds);
        if (numbers.Mos is { } mos)
            yield return ($"tandem.{side}.mos", mos);
    }

    // The same call gives the same ids, whenever it is sent.
    private static ulong Id(string call, string name)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(call + ' ' + name), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) | 1;
    }

    private sealed record Leg(string CallId, string Peer, string Transport, DateTimeOffset Start, DateTimeOffset End, int Messages, bool IsOurs);
}
