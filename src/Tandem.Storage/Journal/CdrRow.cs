using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>A row of <c>cdrs</c>.</summary>
internal sealed class CdrRow : IRow
{
    // Microseconds of a millisecond, thousandths of a point of MOS.
    private const double Thousand = 1_000;

    // Parts per million of a percent.
    private const double PpmOfPercent = 10_000;

    public const string InsertSql = """
        INSERT INTO cdrs (call_id, tenant_id, trace_id, caller_number, callee_number, caller_address, callee_address, caller_sip_call_id,
            callee_sip_call_id, initiated_at, ringing_at, answered_at, ended_at, duration_ms, result, reason, sip_status, ended_by, q850_cause,
            verdict_text, caller_packets, caller_bytes, caller_lost, caller_jitter_us, caller_last_seen_at, callee_packets, callee_bytes,
            callee_lost, callee_jitter_us, callee_last_seen_at, transferred_by, transferred_from, transferred_to,
            caller_codec, caller_max_jitter_us, caller_round_trip_us, caller_mos_milli, caller_heard_loss_ppm, caller_heard_jitter_us,
            caller_heard_mos_milli, callee_codec, callee_max_jitter_us, callee_round_trip_us, callee_mos_milli, callee_heard_loss_ppm,
            callee_heard_jitter_us, callee_heard_mos_milli, direction, profile_id)
        VALUES (@call, @tenant, @trace, @caller, @callee, @callerAddress, @calleeAddress, @callerSip, @calleeSip, @initiated, @ringing,
            @answered, @ended, @duration, @result, @reason, @status, @endedBy, @cause, @text, @callerPackets, @callerBytes, @callerLost,
            @callerJitter, @callerSeen, @calleePackets, @calleeBytes, @calleeLost, @calleeJitter, @calleeSeen,
            @transferredBy, @transferredFrom, @transferredTo,
            @callerCodec, @callerMaxJitter, @callerRoundTrip, @callerMos, @callerHeardLoss, @callerHeardJitter, @callerHeardMos,
            @calleeCodec, @calleeMaxJitter, @calleeRoundTrip, @calleeMos, @calleeHeardLoss, @calleeHeardJitter, @calleeHeardMos,
            @direction, @profile)
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

    public string CallerCodec { get; set; } = "";

    public long CallerMaxJitterUs { get; set; }

    public long? CallerRoundTripUs { get; set; }

    public long? CallerMosMilli { get; set; }

    public long? CallerHeardLossPpm { get; set; }

    public long? CallerHeardJitterUs { get; set; }

    public long? CallerHeardMosMilli { get; set; }

    public string CalleeCodec { get; set; } = "";

    public long CalleeMaxJitterUs { get; set; }

    public long? CalleeRoundTripUs { get; set; }

    public long? CalleeMosMilli { get; set; }

    public long? CalleeHeardLossPpm { get; set; }

    public long? CalleeHeardJitterUs { get; set; }

    public long? CalleeHeardMosMilli { get; set; }

    public string Direction { get; set; } = nameof(CallDirection.Internal);

    public string ProfileId { get; set; } = "";

    /// <summary>The place of its event among those of this node; no column.</summary>
    public long EventSequence { get; set; }

    public static CdrRow From(CallDetailRecord record, long sequence) => new()
    {
        EventSequence = sequence,
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
        CallerJitterUs = Scaled(record.FromCaller.JitterMilliseconds, Thousand),
        CallerLastSeenAt = record.FromCaller.LastSeen.ToStored(),
        CalleePackets = record.FromCallee.Packets,
        CalleeBytes = record.FromCallee.Bytes,
        CalleeLost = record.FromCallee.Lost,
        CalleeJitterUs = Scaled(record.FromCallee.JitterMilliseconds, Thousand),
        CalleeLastSeenAt = record.FromCallee.LastSeen.ToStored(),
        TransferredBy = StoredText.Clean(record.TransferredBy),
        TransferredFrom = record.TransferredFrom?.Value ?? "",
        TransferredTo = record.TransferredTo?.Value ?? "",
        CallerCodec = StoredText.Clean(record.FromCaller.Codec),
        CallerMaxJitterUs = Scaled(record.FromCaller.MaxJitterMilliseconds, Thousand),
        CallerRoundTripUs = Scaled(record.FromCaller.RoundTripMilliseconds, Thousand),
        CallerMosMilli = Scaled(record.FromCaller.Mos, Thousand),
        CallerHeardLossPpm = Scaled(record.FromCaller.HeardLossPercent, PpmOfPercent),
        CallerHeardJitterUs = Scaled(record.FromCaller.HeardJitterMilliseconds, Thousand),
        CallerHeardMosMilli = Scaled(record.FromCaller.HeardMos, Thousand),
        CalleeCodec = StoredText.Clean(record.FromCallee.Codec),
        CalleeMaxJitterUs = Scaled(record.FromCallee.MaxJitterMilliseconds, Thousand),
        CalleeRoundTripUs = Scaled(record.FromCallee.RoundTripMilliseconds, Thousand),
        CalleeMosMilli = Scaled(record.FromCallee.Mos, Thousand),
        CalleeHeardLossPpm = Scaled(record.FromCallee.HeardLossPercent, PpmOfPercent),
        CalleeHeardJitterUs = Scaled(record.FromCallee.HeardJitterMilliseconds, Thousand),
        CalleeHeardMosMilli = Scaled(record.FromCallee.HeardMos, Thousand),
        Direction = record.Direction.ToString(),
        ProfileId = StoredText.Clean(record.ProfileId),
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
        FromCaller = new DirectionStatistics(CallerPackets, CallerBytes, CallerLost, CallerJitterUs / Thousand, CallerLastSeenAt.ToTime())
        {
            Codec = CallerCodec,
            MaxJitterMilliseconds = CallerMaxJitterUs / Thousand,
            RoundTripMilliseconds = CallerRoundTripUs / Thousand,
            Mos = CallerMosMilli / Thousand,
            HeardLossPercent = CallerHeardLossPpm / PpmOfPercent,
            HeardJitterMilliseconds = CallerHeardJitterUs / Thousand,
            HeardMos = CallerHeardMosMilli / Thousand,
        },
        FromCallee = new DirectionStatistics(CalleePackets, CalleeBytes, CalleeLost, CalleeJitterUs / Thousand, CalleeLastSeenAt.ToTime())
        {
            Codec = CalleeCodec,
            MaxJitterMilliseconds = CalleeMaxJitterUs / Thousand,
            RoundTripMilliseconds = CalleeRoundTripUs / Thousand,
            Mos = CalleeMosMilli / Thousand,
            HeardLossPercent = CalleeHeardLossPpm / PpmOfPercent,
            HeardJitterMilliseconds = CalleeHeardJitterUs / Thousand,
            HeardMos = CalleeHeardMosMilli / Thousand,
        },
        Direction = Named(Direction, CallDirection.Internal),
        ProfileId = ProfileId,
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
        parameters.Add("callerCodec", CallerCodec);
        parameters.Add("callerMaxJitter", CallerMaxJitterUs);
        parameters.Add("callerRoundTrip", CallerRoundTripUs);
        parameters.Add("callerMos", CallerMosMilli);
        parameters.Add("callerHeardLoss", CallerHeardLossPpm);
        parameters.Add("callerHeardJitter", CallerHeardJitterUs);
        parameters.Add("callerHeardMos", CallerHeardMosMilli);
        parameters.Add("calleeCodec", CalleeCodec);
        parameters.Add("calleeMaxJitter", CalleeMaxJitterUs);
        parameters.Add("calleeRoundTrip", CalleeRoundTripUs);
        parameters.Add("calleeMos", CalleeMosMilli);
        parameters.Add("calleeHeardLoss", CalleeHeardLossPpm);
        parameters.Add("calleeHeardJitter", CalleeHeardJitterUs);
        parameters.Add("calleeHeardMos", CalleeHeardMosMilli);
        parameters.Add("direction", Direction);
        parameters.Add("profile", ProfileId);
    }

    private static long Scaled(double value, double unit) => double.IsFinite(value) ? (long)Math.Clamp(Math.Round(value * unit), 0, 1e15) : 0;

    private static long? Scaled(double? value, double unit) => value is { } known && double.IsFinite(known) ? Scaled(known, unit) : null;

    private static CallId? IdOrNone(string id) => id.Length == 0 ? null : new CallId(id);

    // A name that a newer program wrote still gives a record.
    private static T Named<T>(string name, T otherwise)
        where T : struct, Enum => Enum.TryParse<T>(name, out var value) ? value : otherwise;
}
