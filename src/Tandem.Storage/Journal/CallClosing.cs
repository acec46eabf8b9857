using System.Data.Common;
using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>
/// Ends calls in the caller's transaction: record, event, totals, and out of the journal. A record that exists already changes
/// nothing, so a repeated write never makes a second event.
/// </summary>
internal static class CallClosing
{
    public static void Write(DbConnection connection, DbTransaction transaction, IReadOnlyList<CdrRow> records)
    {
        if (records.Count == 0)
            return;

        var events = new List<OutboxRow>(records.Count);
        var totals = new Dictionary<string, TotalsRow>();
        RowWriter.Execute(connection, transaction, CdrRow.InsertSql, records, row =>
        {
            events.Add(OutboxRow.Ended(row));
            if (!totals.TryGetValue(row.TenantId, out var sum))
                totals[row.TenantId] = sum = new TotalsRow(row.TenantId);
            sum.Add(row);
        });

        RowWriter.Execute(connection, transaction, OutboxRow.InsertSql, events);
        RowWriter.Execute<TotalsRow>(connection, transaction, TotalsRow.UpsertSql, [.. totals.Values]);
        RowWriter.Execute(connection, transaction, ClosedCallRow.DeleteSql, records.Select(row => new ClosedCallRow(row.CallId)).ToList());
    }
}
