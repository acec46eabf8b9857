using Tandem.Calls.Calls;
using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>A row of <c>cdr_attempts</c>: a leg of a call that did not answer.</summary>
internal sealed class AttemptRow : IKeyedRow
{
    /// <summary>How they come into the table.</summary>
    public static readonly TableInsert Insert = new(
        "cdr_attempts", "call_id, attempt",
        "call_id, attempt, tenant_id, call_ended_at, number, address, sip_call_id, profile_id, sip_status, phrase, dialled_at, ringing_at, ended_at");

    public string CallId { get; set; } = "";

    public long Attempt { get; set; }

    public string TenantId { get; set; } = "";

    public long CallEndedAt { get; set; }

    public string Number { get; set; } = "";

    public string Address { get; set; } = "";

    public string SipCallId { get; set; } = "";

    public string ProfileId { get; set; } = "";

    public long SipStatus { get; set; }

    public string Phrase { get; set; } = "";

    public long DialledAt { get; set; }

    public long? RingingAt { get; set; }

    public long EndedAt { get; set; }

    string IKeyedRow.Key => CallId;

    public static AttemptRow From(CallDetailRecord record, int number, CallAttempt attempt) => new()
    {
        CallId = record.Id.Value,
        Attempt = number,
        TenantId = record.Tenant.Value,
        CallEndedAt = record.EndedAt.ToStored(),
        Number = StoredText.Clean(attempt.Number),
        Address = StoredText.Clean(attempt.Address),
        SipCallId = StoredText.Clean(attempt.SipCallId),
        ProfileId = StoredText.Clean(attempt.ProfileId),
        SipStatus = attempt.SipStatus,
        Phrase = StoredText.Clean(attempt.Text),
        DialledAt = attempt.DialledAt.ToStored(),
        RingingAt = attempt.RingingAt.ToStored(),
        EndedAt = attempt.EndedAt.ToStored(),
    };

    public CallAttempt ToAttempt() =>
        new(Number, Address, SipCallId, ProfileId, (int)SipStatus, Phrase, DialledAt.ToTime(), RingingAt.ToTime(), EndedAt.ToTime());

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("call_id", CallId);
        parameters.Add("attempt", Attempt);
        parameters.Add("tenant_id", TenantId);
        parameters.Add("call_ended_at", CallEndedAt);
        parameters.Add("number", Number);
        parameters.Add("address", Address);
        parameters.Add("sip_call_id", SipCallId);
        parameters.Add("profile_id", ProfileId);
        parameters.Add("sip_status", SipStatus);
        parameters.Add("phrase", Phrase);
        parameters.Add("dialled_at", DialledAt);
        parameters.Add("ringing_at", RingingAt);
        parameters.Add("ended_at", EndedAt);
    }
}
