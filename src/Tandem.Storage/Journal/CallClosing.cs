using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Outbox;

namespace Tandem.Storage.Journal;

/// <summary>
/// Ends calls in the caller's transaction: record, legs, event, totals, and out of the journal. A record that exists already changes
/// nothing, so a repeated write never makes a second event.
/// </summary>
internal static class CallClosing
{
    // Asked in the transaction of the records: a webhook that was made before it gets their events, and without any there is nothing to write.
    private const string AnyWebhook = "SELECT 1 FROM webhooks LIMIT 1";

    /// <param name="isStreamed">Tells whether the events of a tenant go into its stream.</param>
    /// <param name="streamed">Gets the events of new records that go into streams.</param>
    /// <returns>How many events of new records went into the outbox: all of them, or none without a webhook.</returns>
    public static int Write(IRowWriter writer, IReadOnlyList<CdrRow> records, Func<TenantId, bool> isStreamed, List<OutboxRow> streamed)
    {
        if (records.Count == 0)
            return 0;

        var isTaken = writer.Finds(AnyWebhook);
        var events = new List<OutboxRow>(isTaken ? records.Count : 0);
        var totals = new Dictionary<string, TotalsRow>();
        var attempts = new List<AttemptRow>();
        writer.Insert(CdrRow.Insert, records, row =>
        {
            var isFollowed = isStreamed(new TenantId(row.TenantId));
            if (isTaken || isFollowed)
            {
                var ended = OutboxRow.Ended(row);
                if (isTaken)
                    events.Add(ended);
                if (isFollowed)
                    streamed.Add(ended);
            }

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
        return events.Count;
    }
}
