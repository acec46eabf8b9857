using System.Data.Common;
using Tandem.Storage.Bindings;
using Tandem.Storage.Database;
using Tandem.Storage.Journal;

namespace Tandem.Storage.Writing;

/// <summary>
/// Writes a run of items in one transaction. A call is always opened, answered and closed in that order, so the kinds can be
/// written one after the other; of several writes to one binding only the last counts.
/// </summary>
internal sealed class WriteBatch(TandemDatabase database, RunIdentity run)
{
    private readonly List<OpenCallRow> _opened = [];
    private readonly List<AnsweredCallRow> _answered = [];
    private readonly List<CdrRow> _closed = [];
    private readonly HashSet<string> _closedIds = [];
    private readonly Dictionary<(string Tenant, string Number, string Contact), IRow> _bindings = [];

    /// <summary>Writes and commits everything, or nothing.</summary>
    /// <param name="heartbeat">When given, the sign of life to leave in the same transaction, in stored time.</param>
    /// <exception cref="DbException">Nothing was written.</exception>
    public void Write(IReadOnlyList<WriteItem> items, long? heartbeat)
    {
        Sort(items);
        using var connection = database.Connect();
        using var transaction = connection.BeginTransaction();
        RowWriter.Execute(connection, transaction, OpenCallRow.InsertSql, _opened);
        RowWriter.Execute(connection, transaction, AnsweredCallRow.UpdateSql, _answered);
        CallClosing.Write(connection, transaction, _closed);
        RowWriter.Execute(connection, transaction, BindingRow.UpsertSql, _bindings.Values.OfType<BindingRow>().ToList());
        RowWriter.Execute(connection, transaction, BindingKeyRow.DeleteSql, _bindings.Values.OfType<BindingKeyRow>().ToList());
        if (heartbeat is { } at)
            RowWriter.Execute<HeartbeatRow>(connection, transaction, HeartbeatRow.UpdateSql, [new HeartbeatRow(run.RunId, at)]);

        transaction.Commit();
    }

    private void Sort(IReadOnlyList<WriteItem> items)
    {
        _opened.Clear();
        _answered.Clear();
        _closed.Clear();
        _closedIds.Clear();
        _bindings.Clear();
        foreach (var item in items)
        {
            switch (item.ToRow(run))
            {
                case OpenCallRow row:
                    _opened.Add(row);
                    break;
                case AnsweredCallRow row:
                    _answered.Add(row);
                    break;
                case CdrRow row:
                    _closed.Add(row);
                    _closedIds.Add(row.CallId);
                    break;
                case BindingRow row:
                    _bindings[(row.TenantId, row.Number, row.ContactUri)] = row;
                    break;
                case BindingKeyRow row:
                    _bindings[(row.TenantId, row.Number, row.ContactUri)] = row;
                    break;
            }
        }

        // A call that begins and ends within one batch needs no journal entry.
        _opened.RemoveAll(row => _closedIds.Contains(row.CallId));
        _answered.RemoveAll(row => _closedIds.Contains(row.CallId));
    }

    private sealed record HeartbeatRow(string RunId, long At) : IRow
    {
        public const string UpdateSql = "UPDATE node_runs SET last_seen_at = @at WHERE run_id = @run";

        public void Bind(ref RowParameters parameters)
        {
            parameters.Add("at", At);
            parameters.Add("run", RunId);
        }
    }
}
