using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Bindings;

/// <summary>Keeps bindings over a restart. Reads are made at the start; writes go through the writer's queue.</summary>
public sealed class BindingRepository : IBindingStore
{
    private readonly TandemDatabase _database;
    private readonly StorageWriter _writer;

    internal BindingRepository(TandemDatabase database, StorageWriter writer)
    {
        _database = database;
        _writer = writer;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Only those of this node, and those of before there were nodes, which are its own from now on. Writes of a former run that wait in the
    /// spill file must be written before.
    /// </remarks>
    public IReadOnlyList<Binding> Load(DateTimeOffset now)
    {
        var node = _writer.Run.NodeId;
        using var connection = _database.Connect();
        connection.Execute("UPDATE bindings SET node_id = @node WHERE node_id = ''", new { node });
        connection.Execute("DELETE FROM bindings WHERE node_id = @node AND expires_at <= @now", new { node, now = now.ToStored() });
        var rows = connection.Query<BindingRow>("SELECT * FROM bindings WHERE node_id = @node ORDER BY tenant_id, number, binding_key", new { node });
        return [.. rows.Select(row => row.ToBinding()).OfType<Binding>()];
    }

    /// <summary>
    /// Deletes up to <paramref name="limit"/> bindings of any node that expired before a time: a node takes out its own, but one that is gone for
    /// good does not. Returns how many there were.
    /// </summary>
    public async Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM bindings WHERE expires_at <= @before AND (tenant_id, number, binding_key) IN (
                SELECT tenant_id, number, binding_key FROM bindings WHERE expires_at <= @before ORDER BY tenant_id, number, binding_key LIMIT @limit)
            """,
            new { before = before.ToStored(), limit }, cancellationToken: cancellation));
    }

    /// <inheritdoc/>
    public void Save(Binding binding) => _writer.Enqueue(new WriteItem(WriteKind.BindingSaved, binding));

    /// <inheritdoc/>
    public void Remove(TenantId tenant, string number, string key) =>
        _writer.Enqueue(new WriteItem(WriteKind.BindingRemoved, new BindingKeyRow
        {
            TenantId = tenant.Value,
            Number = StoredText.Clean(number),
            BindingKey = StoredText.Clean(key),
        }));
}
