using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Settings;

/// <summary>Small named values of a tenant that the running system keeps (not the settings that an operator writes into files).</summary>
public sealed class SettingRepository
{
    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal SettingRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>The value, or null when it was never set.</summary>
    public async Task<string?> FindAsync(TenantId tenant, string name, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT value FROM settings WHERE tenant_id = @tenant AND name = @name", new { tenant = tenant.Value, name }, cancellationToken: cancellation));
    }

    /// <summary>Sets the value.</summary>
    public async Task SetAsync(TenantId tenant, string name, string value, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO settings (tenant_id, name, value, changed_at) VALUES (@tenant, @name, @value, @now)
            ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at
            """,
            new { tenant = tenant.Value, name, value, now = _time.GetUtcNow().ToStored() }, cancellationToken: cancellation));
    }

    /// <summary>Removes the value; nothing happens when it was not set.</summary>
    public async Task RemoveAsync(TenantId tenant, string name, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM settings WHERE tenant_id = @tenant AND name = @name", new { tenant = tenant.Value, name }, cancellationToken: cancellation));
    }
}
