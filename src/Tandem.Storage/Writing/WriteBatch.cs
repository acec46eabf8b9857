using System.Data.Common;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Storage.Audit;
using Tandem.Storage.Bindings;
using Tandem.Storage.Database;
using Tandem.Storage.Journal;
using Tandem.Storage.Outbox;
using Tandem.Storage.Streams;
using Tandem.Storage.Toll;

namespace Tandem.Storage.Writing;

/// <summary>
/// Writes a run of items in one transaction. A call is always opened, answered and closed in that order, so the kinds can be
/// written one after the other; of several writes to one binding only the last counts.
/// </summary>
internal sealed class WriteBatch(TandemDatabase database, RunIdentity run, Func<TenantId, bool> isStreamed) : IDisposable
{
    private readonly List<OpenCallRow> _opened = [];
    private readonly List<AnsweredCallRow> _answered = [];
    private readonly List<CdrRow> _closed = [];
    private readonly HashSet<string> _closedIds = [];
    private readonly List<OutboxRow> _events = [];
    private readonly List<OutboxRow> _streamed = [];
    private readonly Dictionary<(string Tenant, string Number, string Key), object> _bindings = [];
    private readonly List<BindingRow> _saved = [];
    private readonly List<BindingKeyRow> _removed = [];
    private readonly Dictionary<string, TollStateRow> _toll = [];
    private readonly List<AuditRow> _audit = [];
    private WriteSession? _session;

    /// <summary>Events went into the outbox since this was reset.</summary>
    public bool HasEvents { get; set; }

    /// <summary>Events may have gone into streams since this was reset.</summary>
    public bool HasStreamed { get; set; }

    /// <summary>Writes and commits everything, or nothing.</summary>
    /// <param name="heartbeat">When given, the sign of life to leave in the same transaction, in stored time.</param>
    /// <exception cref="DbException">Nothing was written.</exception>
    public void Write(IReadOnlyList<WriteItem> items, long? heartbeat)
    {
        Sort(items);
        _session ??= database.OpenWriteSession();
        try
        {
            _session.Begin();
            _session.Execute(OpenCallRow.InsertSql, _opened);
            _session.Execute(AnsweredCallRow.UpdateSql, _answered);
            _session.Insert(OutboxRow.Insert, _events);
            var ended = CallClosing.Write(_session, _closed, isStreamed, _streamed);
            StreamRows.Write(_session, _streamed);
            _session.Execute(BindingRow.UpsertSql, _saved);
            _session.Execute(BindingKeyRow.DeleteSql, _removed);
            _session.Execute(TollStateRow.UpsertSql, [.. _toll.Values.OrderBy(static row => row.TenantId, StringComparer.Ordinal)]);
            _session.Execute(AuditRow.InsertSql, _audit);
            if (heartbeat is { } at)
                _session.Execute<HeartbeatRow>(HeartbeatRow.UpdateSql, [new HeartbeatRow(run.RunId, at)]);

            _session.Commit();
            HasEvents |= ended + _events.Count > 0;
            HasStreamed |= _streamed.Count > 0;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gives the connection back; the next write opens another.</summary>
    public void Dispose()
    {
        _session?.Dispose();
        _session = null;
    }

    private void Sort(IReadOnlyList<WriteItem> items)
    {
        _opened.Clear();
        _answered.Clear();
        _closed.Clear();
        _closedIds.Clear();
        _events.Clear();
        _streamed.Clear();
        _toll.Clear();
        _audit.Clear();
        foreach (var item in items)
        {
            switch (item.Payload)
            {
                case Binding binding:
                    _bindings[(binding.Tenant.Value, StoredText.Clean(binding.Number), StoredText.Clean(binding.Key))] = binding;
                    break;
                case BindingRow row:
                    _bindings[(row.TenantId, row.Number, row.BindingKey)] = row;
                    break;
                case BindingKeyRow row:
                    _bindings[(row.TenantId, row.Number, row.BindingKey)] = row;
                    break;
                case AuditRow row:
                    _audit.Add(row);
                    break;
                default:
                    SortCall(item.ToRow(run), item.Kind);
                    break;
            }
        }

        // A call that begins and ends within one batch needs no journal entry.
        if (_closed.Count > 0)
        {
            _opened.RemoveAll(row => _closedIds.Contains(row.CallId));
            _answered.RemoveAll(row => _closedIds.Contains(row.CallId));
        }

        SortBindings();
    }

    private void SortCall(IRow call, WriteKind kind)
    {
        switch (call)
        {
            case OpenCallRow row:
                _opened.Add(row);
                break;
            case AnsweredCallRow row:
                _answered.Add(row);
                break;
            case OutboxRow row:
                if (kind != WriteKind.StreamEvent)
                    _events.Add(row);
                if (kind != WriteKind.Event)
                    _streamed.Add(row);
                break;
            case CdrRow row:
                _closed.Add(row);
                _closedIds.Add(row.CallId);
                break;
            case TollStateRow row:
                row.NodeId = run.NodeId;
                _toll[row.TenantId] = row;
                break;
        }
    }

    // Only the last write to a binding is made into a row.
    private void SortBindings()
    {
        _saved.Clear();
        _removed.Clear();
        foreach (var last in _bindings.Values)
        {
            if (last is BindingKeyRow key)
            {
                key.NodeId = run.NodeId;
                _removed.Add(key);
            }
            else
            {
                // A row of the spill file may be of a program that knew no nodes; it is of this one, whose file it is.
                var row = last as BindingRow ?? BindingRow.From((Binding)last, run.NodeId);
                row.NodeId = run.NodeId;
                _saved.Add(row);
            }
        }

        _bindings.Clear();

        // Rows that nodes share are taken in one order, or each waits for what the other holds. SQLite has one writer.
        if (!database.HasManyWriters)
            return;

        _saved.Sort(static (a, b) => Compare((a.TenantId, a.Number, a.BindingKey), (b.TenantId, b.Number, b.BindingKey)));
        _removed.Sort(static (a, b) => Compare((a.TenantId, a.Number, a.BindingKey), (b.TenantId, b.Number, b.BindingKey)));
    }

    private static int Compare((string Tenant, string Number, string Key) a, (string Tenant, string Number, string Key) b) =>
        string.CompareOrdinal(a.Tenant, b.Tenant) is not 0 and var tenant ? tenant
        : string.CompareOrdinal(a.Number, b.Number) is not 0 and var number ? number
        : string.CompareOrdinal(a.Key, b.Key);

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
