using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>What a batch of new records adds to <c>call_totals</c> of one tenant.</summary>
internal sealed class TotalsRow(string tenantId) : IRow
{
    public const string UpsertSql = """
        INSERT INTO call_totals (tenant_id, calls, answered, duration_ms) VALUES (@tenant, @calls, @answered, @duration)
        ON CONFLICT (tenant_id) DO UPDATE SET
            calls = call_totals.calls + excluded.calls,
            answered = call_totals.answered + excluded.answered,
            duration_ms = call_totals.duration_ms + excluded.duration_ms
        """;

    private long _calls;
    private long _answered;
    private long _duration;

    public void Add(CdrRow record)
    {
        _calls++;
        _answered += record.AnsweredAt is null ? 0 : 1;
        _duration += record.DurationMs;
    }

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("tenant", tenantId);
        parameters.Add("calls", _calls);
        parameters.Add("answered", _answered);
        parameters.Add("duration", _duration);
    }
}
