using Tandem.Calls.Calls;
using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>What the answer of a call adds to its row in <c>calls_open</c>.</summary>
internal sealed class AnsweredCallRow : IRow
{
    public const string UpdateSql = """
        UPDATE calls_open SET ringing_at = @ringing, answered_at = @answered, callee_address = @calleeAddress, callee_sip_call_id = @calleeSip,
            profile_id = @profile
        WHERE call_id = @call
        """;

    public string CallId { get; set; } = "";

    public long? RingingAt { get; set; }

    public long? AnsweredAt { get; set; }

    public string CalleeAddress { get; set; } = "";

    public string CalleeSipCallId { get; set; } = "";

    // The first profile may have failed, and another one have taken the call.
    public string ProfileId { get; set; } = "";

    public static AnsweredCallRow From(CallSnapshot call) => new()
    {
        CallId = call.Id.Value,
        RingingAt = call.RingingAt.ToStored(),
        AnsweredAt = call.AnsweredAt.ToStored(),
        CalleeAddress = StoredText.Clean(call.CalleeAddress),
        CalleeSipCallId = StoredText.Clean(call.CalleeSipCallId),
        ProfileId = StoredText.Clean(call.ProfileId),
    };

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("ringing", RingingAt);
        parameters.Add("answered", AnsweredAt);
        parameters.Add("calleeAddress", CalleeAddress);
        parameters.Add("calleeSip", CalleeSipCallId);
        parameters.Add("profile", ProfileId);
        parameters.Add("call", CallId);
    }
}
