using Tandem.Calls.Calls;
using Tandem.Storage.Database;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Journal;

/// <summary>A row of <c>calls_open</c>.</summary>
internal sealed class OpenCallRow : IRow
{
    // A call that has its record already is not opened again: a replayed write must not bring it back.
    public const string InsertSql = """
        INSERT INTO calls_open (call_id, tenant_id, node_id, run_id, trace_id, caller_number, callee_number, caller_address, callee_address,
            caller_sip_call_id, callee_sip_call_id, initiated_at, ringing_at, answered_at, direction, profile_id)
        SELECT @call, @tenant, @node, @run, @trace, @caller, @callee, @callerAddress, @calleeAddress, @callerSip, @calleeSip, @initiated, @ringing, @answered, @direction, @profile
        WHERE NOT EXISTS (SELECT 1 FROM cdrs WHERE call_id = @call)
        ON CONFLICT (call_id) DO NOTHING
        """;

    public string CallId { get; set; } = "";

    public string TenantId { get; set; } = "";

    public string NodeId { get; set; } = "";

    public string RunId { get; set; } = "";

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

    public string Direction { get; set; } = nameof(CallDirection.Internal);

    public string ProfileId { get; set; } = "";

    public static OpenCallRow From(CallSnapshot call, RunIdentity run) => new()
    {
        CallId = call.Id.Value,
        TenantId = call.Tenant.Value,
        NodeId = run.NodeId,
        RunId = run.RunId,
        TraceId = StoredText.Clean(call.TraceId),
        CallerNumber = StoredText.Clean(call.CallerNumber),
        CalleeNumber = StoredText.Clean(call.CalleeNumber),
        CallerAddress = StoredText.Clean(call.CallerAddress),
        CalleeAddress = StoredText.Clean(call.CalleeAddress),
        CallerSipCallId = StoredText.Clean(call.CallerSipCallId),
        CalleeSipCallId = StoredText.Clean(call.CalleeSipCallId),
        InitiatedAt = call.InitiatedAt.ToStored(),
        RingingAt = call.RingingAt.ToStored(),
        AnsweredAt = call.AnsweredAt.ToStored(),
        Direction = call.Direction.ToString(),
        ProfileId = StoredText.Clean(call.ProfileId),
    };

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("call", CallId);
        parameters.Add("tenant", TenantId);
        parameters.Add("node", NodeId);
        parameters.Add("run", RunId);
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
        parameters.Add("direction", Direction);
        parameters.Add("profile", ProfileId);
    }
}
