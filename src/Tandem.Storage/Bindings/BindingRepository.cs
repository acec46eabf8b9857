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
    /// <remarks>Expired rows are deleted on the way. Writes of a former run that wait in the spill file must be written before.</remarks>
    public IReadOnlyList<Binding> Load(DateTimeOffset now)
    {
        using var connection = _database.Connect();
        connection.Execute("DELETE FROM bindings WHERE expires_at <= @now", new { now = now.ToStored() });
        var rows = connection.Query<BindingRow>("SELECT * FROM bindings ORDER BY tenant_id, number, binding_key");
        return [.. rows.Select(row => row.ToBinding()).OfType<Binding>()];
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
