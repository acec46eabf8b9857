using Tandem.Storage.Database;
using Tandem.Storage.Outbox;

namespace Tandem.Storage.Journal;

/// <summary>
/// Ends calls in the caller's transaction: record, legs, event, totals, and out of the journal. A record that exists already changes
/// nothing, so a repeated write never makes a second event.
/// </summary>
internal static class CallClosing
{
    /// <summary>The events of the records that are new.</summary>
    public static IReadOnlyList<OutboxRow> Write(IRowWriter writer, IReadOnlyList<CdrRow> records)
    {
        if (records.Count == 0)
            return [];

        var events = new List<OutboxRow>(records.Count);
        var totals = new Dictionary<string, TotalsRow>();
        var attempts = new List<AttemptRow>();
        writer.Insert(CdrRow.Insert, records, row =>
        {
            events.Add(OutboxRow.Ended(row));
            if (row.AttemptRows is { } legs)
                attempts.AddRange(legs);
            if (!totals.TryGetValue(row.TenantId, out var sum))
                totals[row.TenantId] = sum = new TotalsRow(row.TenantId);
            sum.Add(row);
        });

        writer.Insert(AttemptRow.Insert, attempts);
        writer.Insert(OutboxRow.Insert, events);
        // In one order at all nodes, or they wait for each other.
        writer.Execute<TotalsRow>(TotalsRow.UpsertSql, [.. totals.OrderBy(static sum => sum.Key, StringComparer.Ordinal).Select(static sum => sum.Value)]);
        var closed = new List<ClosedCallRow>(records.Count);
        foreach (var record in records)
            closed.Add(new ClosedCallRow(record.CallId));
        writer.Execute(ClosedCallRow.DeleteSql, closed);
        return events;
    }
}
