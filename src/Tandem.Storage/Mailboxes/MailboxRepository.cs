using System.Data.Common;
using Dapper;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Mailboxes;

/// <summary>Keeps the counts of waiting messages.</summary>
public sealed class MailboxRepository : IMailboxStore
{
    internal const string Topic = "mailboxes";

    private readonly TandemDatabase _database;
    private readonly TopicChanges _changes;

    internal MailboxRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _changes = new TopicChanges(database, Topic, time);
    }

    /// <inheritdoc/>
    public async Task<(long Version, IReadOnlyList<Mailbox> Mailboxes)> ChangedAsync(long since, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var newest = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT version FROM change_versions WHERE topic = @topic", new { topic = Topic }, cancellationToken: cancellation));
        if (newest == since)
            return (since, []);

        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "SELECT tenant_id, number, new_count, old_count, new_urgent, old_urgent FROM mailboxes WHERE version > @since AND version <= @newest ORDER BY tenant_id, number",
            new { since = newest < since ? 0 : since, newest }, cancellationToken: cancellation));
        return (newest, [.. rows.Select(row => new Mailbox(
            new TenantId(row.TenantId), row.Number, new MailboxCounts((uint)row.NewCount, (uint)row.OldCount, (uint)row.NewUrgent, (uint)row.OldUrgent)))]);
    }

    /// <inheritdoc/>
    public Task SaveAsync(Mailbox mailbox, CancellationToken cancellation = default)
    {
        var counts = mailbox.Counts;
        return _changes.MakeAsync((connection, transaction, version, now) => connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO mailboxes (tenant_id, number, new_count, old_count, new_urgent, old_urgent, version, changed_at)
            VALUES (@tenant, @number, @fresh, @old, @freshUrgent, @oldUrgent, @version, @now)
            ON CONFLICT (tenant_id, number) DO UPDATE SET new_count = excluded.new_count, old_count = excluded.old_count,
                new_urgent = excluded.new_urgent, old_urgent = excluded.old_urgent, version = excluded.version, changed_at = excluded.changed_at
            """,
            new
            {
                tenant = mailbox.Tenant.Value,
                number = mailbox.Number,
                fresh = (long)counts.New,
                old = (long)counts.Old,
                freshUrgent = (long)counts.NewUrgent,
                oldUrgent = (long)counts.OldUrgent,
                version,
                now,
            },
            transaction, cancellationToken: cancellation)), cancellation);
    }

    /// <summary>Empties the mailbox of an extension within the transaction that removes it.</summary>
    internal static async Task ForgetAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, string number, long now, CancellationToken cancellation)
    {
        var version = await ChangeFollower.RaiseAsync(connection, transaction, Topic, cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE mailboxes SET new_count = 0, old_count = 0, new_urgent = 0, old_urgent = 0, version = @version, changed_at = @now
            WHERE tenant_id = @tenant AND number = @number
            """,
            new { tenant = tenant.Value, number, version, now }, transaction, cancellationToken: cancellation));
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
