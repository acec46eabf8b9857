using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Toll;

namespace Tandem.Storage.Journal;

/// <summary>A row of <c>cdrs</c>.</summary>
internal sealed class CdrRow : IKeyedRow
{
    /// <summary>How records come into the table.</summary>
    public static readonly TableInsert Insert = new("cdrs", "call_id", $"{Columns}, {MediaRow.Columns("caller")}, {MediaRow.Columns("callee")}");

    /// <summary>What a query selects, in the order in which <see cref="CdrReader"/> reads it.</summary>
    public static readonly string Select = $"{Columns}, {MediaRow.Columns("caller")}, {MediaRow.Columns("callee")}";

    private const string Columns = """
        call_id, tenant_id, trace_id, caller_number, callee_number, caller_address, callee_address, caller_sip_call_id, callee_sip_call_id, initiated_at, ringing_at,
        answered_at, ended_at, duration_ms, result, reason, sip_status, ended_by, q850_cause, verdict_text, transferred_by, transferred_from, transferred_to, direction,
        profile_id, attempts, price_micros, ivr_path, ivr_flow, recording_ids, taken_by
        """;

    private static readonly string[] CallerNames = MediaRow.Columns("caller").Split(", ");
    private static readonly string[] CalleeNames = MediaRow.Columns("callee").Split(", ");

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

    public string TransferredBy { get; set; } = "";

    public string TransferredFrom { get; set; } = "";

    public string TransferredTo { get; set; } = "";

    public string Direction { get; set; } = nameof(CallDirection.Internal);

    public string ProfileId { get; set; } = "";

    /// <summary>How many rows of <c>cdr_attempts</c> it has.</summary>
    public long Attempts { get; set; }

    public long? PriceMicros { get; set; }

    public string IvrPath { get; set; } = "";

    /// <summary>The first part of the path.</summary>
    public string IvrFlow { get; set; } = "";

    /// <summary>Separated by commas.</summary>
    public string RecordingIds { get; set; } = "";

    public string TakenBy { get; set; } = "";

    /// <summary>What came from the caller.</summary>
    public MediaRow Caller { get; set; } = new();

    /// <summary>What came from the callee.</summary>
    public MediaRow Callee { get; set; } = new();

    /// <summary>Its legs that did not answer, as far as they were written or read with it; no column.</summary>
    public List<AttemptRow>? AttemptRows { get; set; }

    string IKeyedRow.Key => CallId;

    /// <summary>The place of its event among those of this node; no column.</summary>
    public long EventSequence { get; set; }

    public static CdrRow From(CallDetailRecord record, long sequence)
    {
        var row = Plain(record, sequence);
        if (record.Extras is not { } extras)
            return row;

        row.Attempts = extras.Attempts.Count;
        row.PriceMicros = extras.Price is { } price ? Money.ToMicros(price) : null;
        row.IvrPath = StoredText.Clean(extras.IvrPath);
        row.IvrFlow = row.IvrPath.Split('/')[0];
        row.TakenBy = StoredText.Clean(extras.TakenBy);
        row.RecordingIds = StoredText.Clean(string.Join(',', extras.Recordings));
        if (extras.Attempts.Count > 0)
            row.AttemptRows = extras.Attempts.Select((attempt, i) => AttemptRow.From(record, i + 1, attempt)).ToList();
        return row;
    }

    private static CdrRow Plain(CallDetailRecord record, long sequence) => new()
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
        TransferredBy = StoredText.Clean(record.TransferredBy),
        TransferredFrom = record.TransferredFrom?.Value ?? "",
        TransferredTo = record.TransferredTo?.Value ?? "",
        Direction = record.Direction.ToString(),
        ProfileId = StoredText.Clean(record.ProfileId),
        Caller = MediaRow.From(record.FromCaller),
        Callee = MediaRow.From(record.FromCallee),
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
        FromCaller = Caller.ToStatistics(),
        FromCallee = Callee.ToStatistics(),
        Extras = ToExtras(),
        Direction = Named(Direction, CallDirection.Internal),
        ProfileId = ProfileId,
        TransferredBy = TransferredBy,
        TransferredFrom = IdOrNone(TransferredFrom),
        TransferredTo = IdOrNone(TransferredTo),
    };

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("call_id", CallId);
        parameters.Add("tenant_id", TenantId);
        parameters.Add("trace_id", TraceId);
        parameters.Add("caller_number", CallerNumber);
        parameters.Add("callee_number", CalleeNumber);
        parameters.Add("caller_address", CallerAddress);
        parameters.Add("callee_address", CalleeAddress);
        parameters.Add("caller_sip_call_id", CallerSipCallId);
        parameters.Add("callee_sip_call_id", CalleeSipCallId);
        parameters.Add("initiated_at", InitiatedAt);
        parameters.Add("ringing_at", RingingAt);
        parameters.Add("answered_at", AnsweredAt);
        parameters.Add("ended_at", EndedAt);
        parameters.Add("duration_ms", DurationMs);
        parameters.Add("result", Result);
        parameters.Add("reason", Reason);
        parameters.Add("sip_status", SipStatus);
        parameters.Add("ended_by", EndedBy);
        parameters.Add("q850_cause", Q850Cause);
        parameters.Add("verdict_text", VerdictText);
        parameters.Add("transferred_by", TransferredBy);
        parameters.Add("transferred_from", TransferredFrom);
        parameters.Add("transferred_to", TransferredTo);
        parameters.Add("direction", Direction);
        parameters.Add("profile_id", ProfileId);
        parameters.Add("attempts", Attempts);
        parameters.Add("price_micros", PriceMicros);
        parameters.Add("ivr_path", IvrPath);
        parameters.Add("ivr_flow", IvrFlow);
        parameters.Add("recording_ids", RecordingIds);
        parameters.Add("taken_by", TakenBy);
        Caller.Bind(ref parameters, CallerNames);
        Callee.Bind(ref parameters, CalleeNames);
    }

    private CallExtras? ToExtras() => Attempts == 0 && PriceMicros is null && IvrPath.Length == 0 && RecordingIds.Length == 0 && TakenBy.Length == 0
        ? null
        : new CallExtras
        {
            Attempts = AttemptRows?.ConvertAll(row => row.ToAttempt()) ?? [],
            Price = PriceMicros is { } micros ? Money.FromMicros(micros) : null,
            IvrPath = IvrPath.Length == 0 ? null : IvrPath,
            TakenBy = TakenBy.Length == 0 ? null : TakenBy,
            Recordings = RecordingIds.Length == 0 ? [] : RecordingIds.Split(','),
        };

    private static CallId? IdOrNone(string id) => id.Length == 0 ? null : new CallId(id);

    // A name that a newer program wrote still gives a record.
    private static T Named<T>(string name, T otherwise)
        where T : struct, Enum => Enum.TryParse<T>(name, out var value) ? value : otherwise;
}
