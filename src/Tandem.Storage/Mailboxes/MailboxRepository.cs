using Dapper;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Mailboxes;

/// <summary>Keeps the counts of waiting messages.</summary>
public sealed class MailboxRepository : IMailboxStore
{
    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal MailboxRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Mailbox>> LoadAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "SELECT tenant_id, number, new_count, old_count, new_urgent, old_urgent FROM mailboxes ORDER BY tenant_id, number", cancellationToken: cancellation));
        return [.. rows.Select(row => new Mailbox(
            new TenantId(row.TenantId), row.Number, new MailboxCounts((uint)row.NewCount, (uint)row.OldCount, (uint)row.NewUrgent, (uint)row.OldUrgent)))];
    }

    /// <inheritdoc/>
    public async Task SaveAsync(Mailbox mailbox, CancellationToken cancellation = default)
    {
        var counts = mailbox.Counts;
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            counts == default
                ? "DELETE FROM mailboxes WHERE tenant_id = @tenant AND number = @number"
                : """
                  INSERT INTO mailboxes (tenant_id, number, new_count, old_count, new_urgent, old_urgent, changed_at)
                  VALUES (@tenant, @number, @fresh, @old, @freshUrgent, @oldUrgent, @now)
                  ON CONFLICT (tenant_id, number) DO UPDATE SET new_count = excluded.new_count, old_count = excluded.old_count,
                      new_urgent = excluded.new_urgent, old_urgent = excluded.old_urgent, changed_at = excluded.changed_at
                  """,
            new
            {
                tenant = mailbox.Tenant.Value,
                number = mailbox.Number,
                fresh = (long)counts.New,
                old = (long)counts.Old,
                freshUrgent = (long)counts.NewUrgent,
                oldUrgent = (long)counts.OldUrgent,
                now = _time.GetUtcNow().ToStored(),
            },
            cancellationToken: cancellation));
    }

    private sealed class Row
    {
        public string TenantId { get; set; } = "";

        public string Number { get; set; } = "";

        public long NewCount { get; set; }

        public long OldCount { get; set; }

        public long NewUrgent { get; set; }

        public long OldUrgent { get; set; }
    }
}
