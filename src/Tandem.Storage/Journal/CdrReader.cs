using System.Data.Common;

namespace Tandem.Storage.Journal;

/// <summary>
/// Reads what <see cref="CdrRow.Select"/> asks for, field by field with its type: a page of the API has thousands of fields, and each that is
/// fetched as an object is boxed, looked up by its name and converted.
/// </summary>
internal ref struct CdrReader
{
    private readonly DbDataReader _row;
    private int _next;

    private CdrReader(DbDataReader row) => _row = row;

    /// <summary>The row that the reader stands on.</summary>
    public static CdrRow Read(DbDataReader row)
    {
        var fields = new CdrReader(row);

        // An initializer runs in the order of the text, which is that of the columns.
        var read = new CdrRow
        {
            CallId = fields.Text(),
            TenantId = fields.Text(),
            TraceId = fields.Text(),
            CallerNumber = fields.Text(),
            CalleeNumber = fields.Text(),
            CallerAddress = fields.Text(),
            CalleeAddress = fields.Text(),
            CallerSipCallId = fields.Text(),
            CalleeSipCallId = fields.Text(),
            InitiatedAt = fields.Number(),
            RingingAt = fields.NumberOrNull(),
            AnsweredAt = fields.NumberOrNull(),
            EndedAt = fields.Number(),
            DurationMs = fields.Number(),
            Result = fields.Text(),
            Reason = fields.Text(),
            SipStatus = fields.Number(),
            EndedBy = fields.Text(),
            Q850Cause = fields.Number(),
            VerdictText = fields.Text(),
            TransferredBy = fields.Text(),
            TransferredFrom = fields.Text(),
            TransferredTo = fields.Text(),
            Direction = fields.Text(),
            ProfileId = fields.Text(),
            Attempts = fields.Number(),
            PriceMicros = fields.NumberOrNull(),
            IvrPath = fields.Text(),
            IvrFlow = fields.Text(),
            RecordingIds = fields.Text(),
            TakenBy = fields.Text(),
            Caller = fields.Media(),
            Callee = fields.Media(),
        };

        // A column that was added to the statement and not here would move all that follow.
        return fields._next == row.FieldCount ? read : throw new InvalidOperationException($"a record has {row.FieldCount} columns and {fields._next} are read");
    }

    private MediaRow Media() => new()
    {
        Packets = Number(),
        Bytes = Number(),
        Lost = Number(),
        JitterUs = Number(),
        LastSeenAt = NumberOrNull(),
        Codec = Text(),
        MaxJitterUs = Number(),
        RoundTripUs = NumberOrNull(),
        MosMilli = NumberOrNull(),
        HeardLossPpm = NumberOrNull(),
        HeardJitterUs = NumberOrNull(),
        HeardMosMilli = NumberOrNull(),
    };

    private string Text() => _row.GetString(_next++);

    private long Number() => _row.GetInt64(_next++);

    private long? NumberOrNull()
    {
        var field = _next++;
        return _row.IsDBNull(field) ? null : _row.GetInt64(field);
    }
}
