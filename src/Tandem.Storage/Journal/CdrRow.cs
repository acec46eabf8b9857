using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>A row of <c>cdrs</c>.</summary>
internal sealed class CdrRow : IRow
{
    public const string InsertSql = """
        INSERT INTO cdrs (call_id, tenant_id, trace_id, caller_number, callee_number, caller_address, callee_address, caller_sip_call_id,
            callee_sip_call_id, initiated_at, ringing_at, answered_at, ended_at, duration_ms, result, reason, sip_status, ended_by, q850_cause,
            verdict_text, caller_packets, caller_bytes, caller_lost, caller_jitter_us, caller_last_seen_at, callee_packets, callee_bytes,
            callee_lost, callee_jitter_us, callee_last_seen_at, transferred_by, transferred_from, transferred_to)
        VALUES (@call, @tenant, @trace, @caller, @callee, @callerAddress, @calleeAddress, @callerSip, @calleeSip, @initiated, @ringing,
            @answered, @ended, @duration, @result, @reason, @status, @endedBy, @cause, @text, @callerPackets, @callerBytes, @callerLost,
            @callerJitter, @callerSeen, @calleePackets, @calleeBytes, @calleeLost, @calleeJitter, @calleeSeen,
            @transferredBy, @transferredFrom, @transferredTo)
        ON CONFLICT (call_id) DO NOTHING
        """;

    public string CallId { get; set; } = "";

    public string TenantId { get; set; } = "";

    public string TraceId { get; set; } = "";

    public string CallerNumber { get; set; } = "";

    public string CalleeNumber { get; set; } = "";

    public string CallerAddress { get; set; } = "";

    public string CalleeAddress { get; set; } = "";

    public string CallerSipCallId { get; set; } = "";

    public string CalleeSipCallId { get; set; } = "";

    public long InitiatedAt { get; set; }

    public long? RingingAt { get; set; }

    public long? AnsweredAt { get; set; }

    public long EndedAt { get; set; }

    public long DurationMs { get; set; }

    public string Result { get; set; } = "";

    public string Reason { get; set; } = "";

    public long SipStatus { get; set; }

    public string EndedBy { get; set; } = "";

    public long Q850Cause { get; set; }

    public string VerdictText { get; set; } = "";

    public long CallerPackets { get; set; }

    public long CallerBytes { get; set; }

    public long CallerLost { get; set; }

    public long CallerJitterUs { get; set; }

    public long? CallerLastSeenAt { get; set; }

    public long CalleePackets { get; set; }

    public long CalleeBytes { get; set; }

    public long CalleeLost { get; set; }

    public long CalleeJitterUs { get; set; }

    public long? CalleeLastSeenAt { get; set; }

    public string TransferredBy { get; set; } = "";

    public string TransferredFrom { get; set; } = "";

    public string TransferredTo { get; set; } = "";

    public static CdrRow From(CallDetailRecord record) => new()
    {
        CallId = record.Id.Value,
        TenantId = record.Tenant.Value,
        TraceId = StoredText.Clean(record.TraceId),
        CallerNumber = StoredText.Clean(record.CallerNumber),
        CalleeNumber = StoredText.Clean(record.CalleeNumber),
        CallerAddress = StoredText.Clean(record.CallerAddress),
        CalleeAddress = StoredText.Clean(record.CalleeAddress),
        CallerSipCallId = StoredText.Clean(record.CallerSipCallId),
        CalleeSipCallId = StoredText.Clean(record.CalleeSipCallId),
        InitiatedAt = record.InitiatedAt.ToStored(),
        RingingAt = record.RingingAt.ToStored(),
        AnsweredAt = record.AnsweredAt.ToStored(),
        EndedAt = record.EndedAt.ToStored(),
        DurationMs = (long)record.Duration.TotalMilliseconds,
        Result = record.Verdict.Result.ToString(),
        Reason = record.Verdict.Reason.ToString(),
        SipStatus = record.Verdict.SipStatus,
        EndedBy = record.Verdict.EndedBy.ToString(),
        Q850Cause = record.Verdict.Cause,
        VerdictText = StoredText.Clean(record.Verdict.Text),
        CallerPackets = record.FromCaller.Packets,
        CallerBytes = record.FromCaller.Bytes,
        CallerLost = record.FromCaller.Lost,
        CallerJitterUs = Microseconds(record.FromCaller.JitterMilliseconds),
        CallerLastSeenAt = record.FromCaller.LastSeen.ToStored(),
        CalleePackets = record.FromCallee.Packets,
        CalleeBytes = record.FromCallee.Bytes,
        CalleeLost = record.FromCallee.Lost,
        CalleeJitterUs = Microseconds(record.FromCallee.JitterMilliseconds),
        CalleeLastSeenAt = record.FromCallee.LastSeen.ToStored(),
        TransferredBy = StoredText.Clean(record.TransferredBy),
        TransferredFrom = record.TransferredFrom?.Value ?? "",
        TransferredTo = record.TransferredTo?.Value ?? "",
    };

    public CallDetailRecord ToRecord() => new()
    {
        Id = new CallId(CallId),
        Tenant = new TenantId(TenantId),
        TraceId = TraceId,
        CallerNumber = CallerNumber,
        CalleeNumber = CalleeNumber,
        CallerAddress = CallerAddress,
        CalleeAddress = CalleeAddress,
        CallerSipCallId = CallerSipCallId,
        CalleeSipCallId = CalleeSipCallId,
        InitiatedAt = InitiatedAt.ToTime(),
        RingingAt = RingingAt.ToTime(),
        AnsweredAt = AnsweredAt.ToTime(),
        EndedAt = EndedAt.ToTime(),
        Verdict = new Verdict(
            Named(Result, ResultClass.Indeterminate), Named(Reason, EndReason.ServerError), (int)SipStatus, Named(EndedBy, CallSide.Exchange), (int)Q850Cause, VerdictText),
        FromCaller = new DirectionStatistics(CallerPackets, CallerBytes, CallerLost, CallerJitterUs / 1000.0, CallerLastSeenAt.ToTime()),
        FromCallee = new DirectionStatistics(CalleePackets, CalleeBytes, CalleeLost, CalleeJitterUs / 1000.0, CalleeLastSeenAt.ToTime()),
        TransferredBy = TransferredBy,
        TransferredFrom = IdOrNone(TransferredFrom),
        TransferredTo = IdOrNone(TransferredTo),
    };

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("call", CallId);
        parameters.Add("tenant", TenantId);
        parameters.Add("trace", TraceId);
        parameters.Add("caller", CallerNumber);
        parameters.Add("callee", CalleeNumber);
        parameters.Add("callerAddress", CallerAddress);
        parameters.Add("calleeAddress", CalleeAddress);
        parameters.Add("callerSip", CallerSipCallId);
        parameters.Add("calleeSip", CalleeSipCallId);
        parameters.Add("initiated", InitiatedAt);
        parameters.Add("ringing", RingingAt);
        parameters.Add("answered", AnsweredAt);
        parameters.Add("ended", EndedAt);
        parameters.Add("duration", DurationMs);
        parameters.Add("result", Result);
        parameters.Add("reason", Reason);
        parameters.Add("status", SipStatus);
        parameters.Add("endedBy", EndedBy);
        parameters.Add("cause", Q850Cause);
        parameters.Add("text", VerdictText);
        parameters.Add("callerPackets", CallerPackets);
        parameters.Add("callerBytes", CallerBytes);
        parameters.Add("callerLost", CallerLost);
        parameters.Add("callerJitter", CallerJitterUs);
        parameters.Add("callerSeen", CallerLastSeenAt);
        parameters.Add("calleePackets", CalleePackets);
        parameters.Add("calleeBytes", CalleeBytes);
        parameters.Add("calleeLost", CalleeLost);
        parameters.Add("calleeJitter", CalleeJitterUs);
        parameters.Add("calleeSeen", CalleeLastSeenAt);
        parameters.Add("transferredBy", TransferredBy);
        parameters.Add("transferredFrom", TransferredFrom);
        parameters.Add("transferredTo", TransferredTo);
    }

    private static long Microseconds(double milliseconds) =>
        double.IsFinite(milliseconds) ? (long)Math.Clamp(milliseconds * 1000, 0, 1e15) : 0;

    private static CallId? IdOrNone(string id) => id.Length == 0 ? null : new CallId(id);

    // A name that a newer program wrote still gives a record.
    private static T Named<T>(string name, T otherwise)
        where T : struct, Enum => Enum.TryParse<T>(name, out var value) ? value : otherwise;
}
