using System.Globalization;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Core.Text;

namespace Tandem.Server.Rest;

/// <summary>Records as lines of CSV: one for each call, or one for each leg.</summary>
internal static class CdrCsv
{
    /// <summary>The first line of a list of calls. New columns come at the end.</summary>
    public static readonly string[] CallHead =
    [
        "id", "direction", "caller", "callee", "initiatedAt", "ringingAt", "answeredAt", "endedAt", "durationSeconds", "result", "reason", "sipStatus", "cause", "endedBy", "text", "profileId",
        "callerCodec", "calleeCodec", "callerMos", "calleeMos", "transferredBy", "transferredFrom", "transferredTo", "traceId", "attempts", "price", "ivrPath", "recordingIds",
    ];

    /// <summary>The first line of a list of legs.</summary>
    public static readonly string[] LegHead =
        ["callId", "leg", "role", "number", "address", "sipCallId", "profileId", "sipStatus", "text", "dialledAt", "ringingAt", "answeredAt", "endedAt"];

    public static void AppendCall(StringBuilder text, CallDetailRecord record) => CsvText.AppendLine(
        text, record.Id.Value, CallText.Word(record.Direction), record.CallerNumber, record.CalleeNumber, Time(record.InitiatedAt), Time(record.RingingAt), Time(record.AnsweredAt), Time(record.EndedAt),
        record.Duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture), CallText.Word(record.Verdict.Result), CallText.Word(record.Verdict.Reason),
        Number(record.Verdict.SipStatus), Number(record.Verdict.Cause), CallText.Word(record.Verdict.EndedBy), record.Verdict.Text,
        record.ProfileId, record.FromCaller.Codec, record.FromCallee.Codec, Score(record.FromCaller.Mos), Score(record.FromCallee.Mos),
        record.TransferredBy, record.TransferredFrom?.Value, record.TransferredTo?.Value, record.TraceId,
        Number(record.Extras?.Attempts.Count ?? 0), record.Extras?.Price?.ToString("0.######", CultureInfo.InvariantCulture), record.Extras?.IvrPath,
        string.Join(' ', record.Extras?.Recordings ?? []));

    /// <summary>The caller's leg, those that did not answer, and the one that did.</summary>
    public static void AppendLegs(StringBuilder text, CallDetailRecord record)
    {
        var leg = 1;
        var isOutbound = record.Direction == CallDirection.Outbound;
        CsvText.AppendLine(
            text, record.Id.Value, Number(leg), CallText.Word(CallSide.Caller), record.CallerNumber, record.CallerAddress, record.CallerSipCallId, isOutbound ? "" : record.ProfileId,
            "", "", Time(record.InitiatedAt), "", Time(record.AnsweredAt), Time(record.EndedAt));
        foreach (var attempt in record.Extras?.Attempts ?? [])
        {
            CsvText.AppendLine(
                text, record.Id.Value, Number(++leg), "ATTEMPT", attempt.Number, attempt.Address, attempt.SipCallId, attempt.ProfileId, Number(attempt.SipStatus), attempt.Text,
                Time(attempt.DialledAt), Time(attempt.RingingAt), "", Time(attempt.EndedAt));
        }

        if (record.AnsweredAt is null)
            return;

        CsvText.AppendLine(
            text, record.Id.Value, Number(++leg), CallText.Word(CallSide.Callee), record.CalleeNumber, record.CalleeAddress, record.CalleeSipCallId, isOutbound ? record.ProfileId : "",
            Number(200), "", "", Time(record.RingingAt), Time(record.AnsweredAt), Time(record.EndedAt));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Time(DateTimeOffset? time) => time is { } known ? IsoTime.Text(known) : null;

    private static string? Score(double? mos) => QualityText.Score(mos)?.ToString(CultureInfo.InvariantCulture);
}
