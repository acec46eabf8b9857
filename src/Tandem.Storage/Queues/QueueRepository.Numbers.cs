using System.Data.Common;
using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Queues;

// Numbers of queues: what phones dial reaches one thing. Who adds an extension and who sets a queue both lock the row of this topic before they
// look, the extension's own row first where both are taken: of two that want a number at the same time, at one node or at two, one gets it.
public sealed partial class QueueRepository
{
    /// <summary>Queues that lost their number because another one of the tenant has it, each told once: duplicates of a time when they were accepted.</summary>
    public async Task<IReadOnlyList<LostNumber>> TakeLostNumbersAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<LostRow>(new CommandDefinition(
            "DELETE FROM queue_number_conflicts RETURNING tenant_id, queue, number, kept_by", cancellationToken: cancellation));
        return [.. rows.Select(row => new LostNumber(new TenantId(row.TenantId), row.Queue, row.Number, row.KeptBy)).OrderBy(lost => (lost.Tenant.Value, lost.Queue))];
    }

    /// <summary>Numbers that both a queue and an extension have, from before that was refused: whoever dials one reaches the queue.</summary>
    public async Task<IReadOnlyList<(TenantId Tenant, string Queue, string Number)>> HiddenExtensionsAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<LostRow>(new CommandDefinition(
            """
            SELECT queues.tenant_id, queues.name AS queue, queues.number FROM queues
            JOIN extensions ON extensions.tenant_id = queues.tenant_id AND extensions.number = queues.number AND extensions.deleted_at IS NULL
            WHERE queues.number <> '' ORDER BY queues.tenant_id, queues.name
            """,
            cancellationToken: cancellation));
        return [.. rows.Select(row => (new TenantId(row.TenantId), row.Queue, row.Number))];
    }

    /// <summary>The numbers of the queues of a tenant, within a transaction that adds extensions: until its end no other queue gets one.</summary>
    internal static async Task<Dictionary<string, string>> LockNumbersAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, CancellationToken cancellation)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE change_versions SET version = version WHERE topic = @Topic", new { Topic }, transaction, cancellationToken: cancellation));
        var rows = await connection.QueryAsync<LostRow>(new CommandDefinition(
            "SELECT name AS queue, number FROM queues WHERE tenant_id = @tenant AND number <> ''", new { tenant = tenant.Value }, transaction, cancellationToken: cancellation));
        return rows.ToDictionary(row => row.Number, row => row.Queue, StringComparer.Ordinal);
    }

    /// <summary>How a queue is named to people as who has a number.</summary>
    internal static string Holder(string queue) => $"queue {queue}";

    private static async Task RefuseTakenAsync(DbConnection connection, DbTransaction transaction, StoredQueue queue, CancellationToken cancellation)
    {
        var (key, number) = (new { tenant = queue.Tenant.Value, name = queue.Settings.Name, number = queue.Settings.Number }, queue.Settings.Number);
        var other = await connection.QueryFirstOrDefaultAsync<string>(new CommandDefinition(
            "SELECT name FROM queues WHERE tenant_id = @tenant AND number = @number AND name <> @name", key, transaction, cancellationToken: cancellation));
        if (other is not null)
            throw new NumberTakenException(number, Holder(other));

        var extension = await connection.QueryFirstOrDefaultAsync<string>(new CommandDefinition(
            "SELECT number FROM extensions WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NULL", key, transaction, cancellationToken: cancellation));
        if (extension is not null)
            throw new NumberTakenException(number, $"extension {extension}");
    }

    private sealed class LostRow
    {
        public string TenantId { get; set; } = "";

        public string Queue { get; set; } = "";

        public string Number { get; set; } = "";

        public string KeptBy { get; set; } = "";
    }
}
