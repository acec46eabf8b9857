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
        var row = await connection.QuerySingleOrDefaultAsync<BoxRow>(new CommandDefinition(
            "SELECT pin, greeting FROM voicemail_boxes WHERE tenant_id = @tenant AND number = @number", new { tenant = tenant.Value, number }, cancellationToken: cancellation));
        return new VoiceBox(tenant, number, row?.Pin ?? "", row?.Greeting ?? "");
    }

    /// <inheritdoc/>
    public Task SetPinAsync(TenantId tenant, string number, string hash, CancellationToken cancellation = default) => ExecuteAsync(
        """
        INSERT INTO voicemail_boxes (tenant_id, number, pin, greeting, changed_at) VALUES (@tenant, @number, @hash, '', @now)
        ON CONFLICT (tenant_id, number) DO UPDATE SET pin = excluded.pin, changed_at = excluded.changed_at
        """,
        new { tenant = tenant.Value, number, hash, now = _time.GetUtcNow().ToStored() }, cancellation);

    /// <inheritdoc/>
    public async Task<bool> SetGreetingAsync(TenantId tenant, string number, string recording, string replaces, CancellationToken cancellation = default) => await ExecuteAsync(
        """
        INSERT INTO voicemail_boxes (tenant_id, number, pin, greeting, changed_at) VALUES (@tenant, @number, '', @recording, @now)
        ON CONFLICT (tenant_id, number) DO UPDATE SET greeting = excluded.greeting, changed_at = excluded.changed_at WHERE voicemail_boxes.greeting = @replaces
        """,
        new { tenant = tenant.Value, number, recording, replaces, now = _time.GetUtcNow().ToStored() }, cancellation) > 0;

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
    public async Task<bool> AddAsync(VoiceMessage message, int most, CancellationToken cancellation = default) => await ExecuteAsync(
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
        cancellation) > 0;

    /// <inheritdoc/>
    public async Task<bool> HasOwnerAsync(VoiceMessage message, CancellationToken cancellation = default)
    {
        // A number that is given anew is a new row.
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            SELECT COUNT(*) FROM extensions JOIN tenants ON tenants.tenant_id = extensions.tenant_id
            WHERE extensions.tenant_id = @tenant AND extensions.number = @number AND extensions.deleted_at IS NULL AND extensions.created_at <= @received AND tenants.deleted_at IS NULL
            """,
            new { tenant = message.Tenant.Value, number = message.Number, received = message.ReceivedAt.ToStored() }, cancellationToken: cancellation)) > 0;
    }

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

    private async Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
    }

    private sealed class BoxRow
    {
        public string Pin { get; set; } = "";

        public string Greeting { get; set; } = "";
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
