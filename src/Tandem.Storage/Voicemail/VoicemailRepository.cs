using System.Data.Common;
using Dapper;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Storage.Database;

namespace Tandem.Storage.Voicemail;

/// <summary>Boxes and messages of voicemail.</summary>
public sealed class VoicemailRepository : IVoicemailStore
{
    private const string Columns = "message_id, tenant_id, number, caller, call_id, received_at, duration_ms, heard, urgent";

    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal VoicemailRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <inheritdoc/>
    public async Task<VoiceBox> BoxAsync(TenantId tenant, string number, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleAsync<BoxRow>(new CommandDefinition(
            """
            SELECT (SELECT created_at FROM extensions WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NULL) AS owned_since,
                (SELECT pin FROM voicemail_boxes WHERE tenant_id = @tenant AND number = @number) AS pin,
                (SELECT greeting FROM voicemail_boxes WHERE tenant_id = @tenant AND number = @number) AS greeting
            """,
            new { tenant = tenant.Value, number }, cancellationToken: cancellation));
        return new VoiceBox(tenant, number, row.Pin ?? "", row.Greeting ?? "") { OwnedSince = row.OwnedSince.ToTime() };
    }

    /// <inheritdoc/>
    public Task SetPinAsync(TenantId tenant, string number, string hash, CancellationToken cancellation = default) => InBoxAsync(tenant, number, async (connection, transaction, since) =>
    {
        return since is not null && await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO voicemail_boxes (tenant_id, number, pin, greeting, changed_at) VALUES (@tenant, @number, @hash, '', @now)
            ON CONFLICT (tenant_id, number) DO UPDATE SET pin = excluded.pin, changed_at = excluded.changed_at
            """,
            new { tenant = tenant.Value, number, hash, now = _time.GetUtcNow().ToStored() }, transaction, cancellationToken: cancellation)) > 0;
    }, cancellation);

    /// <inheritdoc/>
    public Task<bool> SetGreetingAsync(TenantId tenant, string number, string recording, string replaces, CancellationToken cancellation = default) =>
        InBoxAsync(tenant, number, async (connection, transaction, since) =>
        {
            var values = new { tenant = tenant.Value, number, recording, replaces, now = _time.GetUtcNow().ToStored() };
            if (since is null)
            {
                await AbandonAsync(_database, connection, transaction, [recording], cancellation);
                return true;
            }

            return await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO voicemail_boxes (tenant_id, number, pin, greeting, changed_at) VALUES (@tenant, @number, '', @recording, @now)
                ON CONFLICT (tenant_id, number) DO UPDATE SET greeting = excluded.greeting, changed_at = excluded.changed_at WHERE voicemail_boxes.greeting = @replaces
                """,
                values, transaction, cancellationToken: cancellation)) > 0;
        }, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VoiceMessage>> MessagesAsync(TenantId tenant, string number, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM voicemail_messages WHERE tenant_id = @tenant AND number = @number ORDER BY received_at, message_id",
            new { tenant = tenant.Value, number }, cancellationToken: cancellation));
        return [.. rows.Select(row => row.ToMessage())];
    }

    /// <inheritdoc/>
    public async Task<VoiceMessage?> FindAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM voicemail_messages WHERE tenant_id = @tenant AND number = @number AND message_id = @id",
            new { tenant = tenant.Value, number, id }, cancellationToken: cancellation));
        return row?.ToMessage();
    }

    /// <inheritdoc/>
    public Task<PutOutcome> AddAsync(VoiceMessage message, int most, CancellationToken cancellation = default) =>
        InBoxAsync(message.Tenant, message.Number, async (connection, transaction, since) =>
        {
            // A number that is given anew is a new row.
            if (since is not { } now || (message.OwnedSince.ToStored() is { } then ? then != now : now > message.ReceivedAt.ToStored()))
                return PutOutcome.NoOwner;

            var put = await connection.ExecuteAsync(new CommandDefinition(
                $"""
                INSERT INTO voicemail_messages ({Columns})
                SELECT @id, @tenant, @number, @caller, @call, @received, @duration, @heard, @urgent
                WHERE (SELECT COUNT(*) FROM voicemail_messages WHERE tenant_id = @tenant AND number = @number) < @most
                """,
                new
                {
                    id = message.Id,
                    tenant = message.Tenant.Value,
                    number = message.Number,
                    caller = StoredText.Clean(message.Caller),
                    call = message.CallId,
                    received = message.ReceivedAt.ToStored(),
                    duration = (long)message.Duration.TotalMilliseconds,
                    heard = message.IsHeard ? 1L : 0L,
                    urgent = message.IsUrgent ? 1L : 0L,
                    most = (long)most,
                },
                transaction, cancellationToken: cancellation));
            return put > 0 ? PutOutcome.Put : PutOutcome.Full;
        }, cancellation);

    /// <inheritdoc/>
    public async Task<bool> MarkAsync(TenantId tenant, string number, string id, bool isHeard, CancellationToken cancellation = default) => await ExecuteAsync(
        "UPDATE voicemail_messages SET heard = @heard WHERE tenant_id = @tenant AND number = @number AND message_id = @id",
        new { tenant = tenant.Value, number, id, heard = isHeard ? 1L : 0L }, cancellation) > 0;

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(TenantId tenant, string number, string id, CancellationToken cancellation = default) => await ExecuteAsync(
        "DELETE FROM voicemail_messages WHERE tenant_id = @tenant AND number = @number AND message_id = @id", new { tenant = tenant.Value, number, id }, cancellation) > 0;

    /// <inheritdoc/>
    public async Task<MailboxCounts> CountAsync(TenantId tenant, string number, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<CountRow>(new CommandDefinition(
            "SELECT heard, urgent, COUNT(*) AS total FROM voicemail_messages WHERE tenant_id = @tenant AND number = @number GROUP BY heard, urgent",
            new { tenant = tenant.Value, number }, cancellationToken: cancellation));
        uint fresh = 0, old = 0, freshUrgent = 0, oldUrgent = 0;
        foreach (var row in rows)
        {
            var count = (uint)row.Total;
            if (row.Heard == 0)
                (fresh, freshUrgent) = (fresh + count, freshUrgent + (row.Urgent != 0 ? count : 0));
            else
                (old, oldUrgent) = (old + count, oldUrgent + (row.Urgent != 0 ? count : 0));
        }

        return new MailboxCounts(fresh, old, freshUrgent, oldUrgent);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VoiceMessage>> ExpireAsync(DateTimeOffset before, int limit, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var old = (await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            DELETE FROM voicemail_messages WHERE message_id IN (
                SELECT message_id FROM voicemail_messages AS old
                WHERE received_at < @before AND NOT EXISTS (SELECT 1 FROM recordings WHERE recordings.recording_id = old.message_id AND recordings.held <> 0)
                ORDER BY received_at, message_id LIMIT @limit)
            RETURNING {Columns}
            """,
            new { before = before.ToStored(), limit }, transaction, cancellationToken: cancellation))).AsList();
        await AbandonAsync(_database, connection, transaction, old.Select(row => row.MessageId), cancellation);
        await transaction.CommitAsync(cancellation);
        return [.. old.Select(row => row.ToMessage())];
    }

    /// <summary>Abandons the sound of a message that came into no box, also while it is being made: the node that has it deletes it when it is over.</summary>
    public Task AbandonAsync(TenantId tenant, string recording, CancellationToken cancellation = default) => ExecuteAsync(
        "UPDATE recordings SET state = 'Abandoned' WHERE tenant_id = @tenant AND recording_id = @recording", new { tenant = tenant.Value, recording }, cancellation);

    /// <summary>
    /// Empties the boxes of a tenant, or of one extension, within a transaction that removes it: who gets the number next hears nothing of who had it, and no PIN of before opens his box. Their sound
    /// is abandoned: the node that has it deletes it.
    /// </summary>
    /// <param name="number">The extension; null for all of the tenant.</param>
    internal static async Task ForgetAsync(TandemDatabase database, DbConnection connection, DbTransaction transaction, TenantId tenant, string? number, CancellationToken cancellation)
    {
        var values = new { tenant = tenant.Value, number = number ?? "" };
        var boxes = "tenant_id = @tenant" + (number is null ? "" : " AND number = @number");
        var messages = await connection.QueryAsync<string>(new CommandDefinition(
            $"DELETE FROM voicemail_messages WHERE {boxes} RETURNING message_id", values, transaction, cancellationToken: cancellation));
        var greetings = await connection.QueryAsync<string>(new CommandDefinition(
            $"DELETE FROM voicemail_boxes WHERE {boxes} RETURNING greeting", values, transaction, cancellationToken: cancellation));
        await AbandonAsync(database, connection, transaction, messages.Concat(greetings.Where(greeting => greeting.Length > 0)), cancellation);
    }

    private static Task AbandonAsync(TandemDatabase database, DbConnection connection, DbTransaction transaction, IEnumerable<string> recordings, CancellationToken cancellation) =>
        connection.ExecuteAsync(new CommandDefinition(
            $"UPDATE recordings SET state = 'Abandoned' WHERE recording_id IN ({database.Each("ids")})", new { ids = TandemDatabase.Keys(recordings) }, transaction,
            cancellationToken: cancellation));

    // Everything that is put into a box goes through here: it and the removal of the extension come one after the other, so that nothing is left in a box that nobody has. `write` gets since when
    // the number has its owner, null for none.
    private async Task<T> InBoxAsync<T>(TenantId tenant, string number, Func<DbConnection, DbTransaction, long?, Task<T>> write, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var values = new { tenant = tenant.Value, number };

        // Of SQLite a transaction is the only one that writes. The tenant first, as its removal has it: neither waits for the other.
        var share = _database.HasManyWriters ? " FOR SHARE" : "";
        var hasTenant = await connection.ExecuteScalarAsync<string>(new CommandDefinition(
            "SELECT tenant_id FROM tenants WHERE tenant_id = @tenant AND deleted_at IS NULL" + share, values, transaction, cancellationToken: cancellation)) is not null;
        var since = hasTenant
            ? await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                "SELECT created_at FROM extensions WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NULL" + share, values, transaction, cancellationToken: cancellation))
            : null;
        var result = await write(connection, transaction, since);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    private async Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    private sealed class BoxRow
    {
        public long? OwnedSince { get; set; }

        public string? Pin { get; set; }

        public string? Greeting { get; set; }
    }

    private sealed class CountRow
    {
        public long Heard { get; set; }

        public long Urgent { get; set; }

        public long Total { get; set; }
    }

    private sealed class Row
    {
        public string MessageId { get; set; } = "";

        public string TenantId { get; set; } = "";

        public string Number { get; set; } = "";

        public string Caller { get; set; } = "";

        public string CallId { get; set; } = "";

        public long ReceivedAt { get; set; }

        public long DurationMs { get; set; }

        public long Heard { get; set; }

        public long Urgent { get; set; }

        public VoiceMessage ToMessage() => new(
            MessageId, new TenantId(TenantId), Number, Caller, CallId, ReceivedAt.ToTime(), TimeSpan.FromMilliseconds(DurationMs), Heard != 0, Urgent != 0);
    }
}
