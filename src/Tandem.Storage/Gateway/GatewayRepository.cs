using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Gateway;

/// <summary>Records that programs keep of their calls, and the sessions in them. Every one belongs to a tenant, and no other finds it.</summary>
public sealed class GatewayRepository
{
    /// <summary>A session of which nothing was heard for so long is over, as document 3 has it.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(30);

    private const string Columns =
        "call_id, client_id, phone_number, direction, status, duration, recording_url, transcript, summary, sentiment, confidence_score, created_at, updated_at";

    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal GatewayRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Makes a record in the status <c>initiated</c>.</summary>
    public async Task<GatewayCall> CreateAsync(TenantId tenant, string phoneNumber, string direction, string? clientId, CancellationToken cancellation = default)
    {
        var now = Now();
        var call = new GatewayCall
        {
            Id = Guid.NewGuid().ToString(),
            ClientId = clientId,
            PhoneNumber = phoneNumber,
            Direction = direction,
            Status = "initiated",
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO gateway_calls (call_id, tenant_id, client_id, phone_number, direction, status, is_active, duration, created_at, updated_at)
            VALUES (@Id, @tenant, @ClientId, @PhoneNumber, @Direction, @Status, 1, 0, @now, @now)
            """,
            new { call.Id, tenant = tenant.Value, call.ClientId, call.PhoneNumber, call.Direction, call.Status, now = now.ToStored() }, cancellationToken: cancellation));
        return call;
    }

    /// <summary>The record; null when the tenant has none with this id.</summary>
    public async Task<GatewayCall?> FindAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<CallRow>(new CommandDefinition(
            $"SELECT {Columns} FROM gateway_calls WHERE tenant_id = @tenant AND call_id = @id", new { tenant = tenant.Value, id }, cancellationToken: cancellation));
        return row?.ToCall();
    }

    /// <summary>Records of calls that have not ended, newest first, and how many there are in all.</summary>
    public async Task<(IReadOnlyList<GatewayCall> Calls, long Total)> ActiveAsync(TenantId tenant, long offset, int limit, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var total = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM gateway_calls WHERE tenant_id = @tenant AND is_active = 1", new { tenant = tenant.Value }, cancellationToken: cancellation));
        var rows = await connection.QueryAsync<CallRow>(new CommandDefinition(
            $"SELECT {Columns} FROM gateway_calls WHERE tenant_id = @tenant AND is_active = 1 ORDER BY created_at DESC, call_id DESC LIMIT @limit OFFSET @offset",
            new { tenant = tenant.Value, limit, offset }, cancellationToken: cancellation));
        return (rows.Select(row => row.ToCall()).ToList(), total);
    }

    /// <summary>Writes a changed record. The sessions of one that has ended end with it.</summary>
    public async Task<GatewayCall> UpdateAsync(TenantId tenant, GatewayCall call, CancellationToken cancellation = default)
    {
        call = call with { UpdatedAt = Now() };
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE gateway_calls SET status = @Status, is_active = @active, duration = @Duration, recording_url = @RecordingUrl, transcript = @Transcript,
                summary = @Summary, sentiment = @Sentiment, confidence_score = @ConfidenceScore, updated_at = @updated
            WHERE tenant_id = @tenant AND call_id = @Id
            """,
            new
            {
                call.Id,
                tenant = tenant.Value,
                call.Status,
                active = call.IsActive ? 1L : 0L,
                call.Duration,
                call.RecordingUrl,
                call.Transcript,
                call.Summary,
                call.Sentiment,
                call.ConfidenceScore,
                updated = call.UpdatedAt.ToStored(),
            },
            cancellationToken: cancellation));
        if (!call.IsActive)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE gateway_sessions SET is_active = 0, last_activity = @now WHERE tenant_id = @tenant AND call_id = @Id AND is_active = 1",
                new { tenant = tenant.Value, call.Id, now = call.UpdatedAt.ToStored() }, cancellationToken: cancellation));
        }

        return call;
    }

    /// <summary>Begins a session in a call that is there.</summary>
    public async Task<GatewaySession> BeginSessionAsync(TenantId tenant, string callId, string? userId, CancellationToken cancellation = default)
    {
        var now = Now();
        var session = new GatewaySession(callId, Guid.NewGuid().ToString(), userId, now, now, true);
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO gateway_sessions (session_id, call_id, tenant_id, user_id, started_at, last_activity, is_active)
            VALUES (@SessionId, @CallId, @tenant, @UserId, @now, @now, 1)
            """,
            new { session.SessionId, session.CallId, tenant = tenant.Value, session.UserId, now = now.ToStored() }, cancellationToken: cancellation));
        return session;
    }

    /// <summary>Sessions that are active, oldest first, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<GatewaySession>> ActiveSessionsAsync(TenantId tenant, int limit, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<SessionRow>(new CommandDefinition(
            """
            SELECT session_id, call_id, user_id, started_at, last_activity FROM gateway_sessions
            WHERE tenant_id = @tenant AND is_active = 1 AND last_activity > @since ORDER BY started_at, session_id LIMIT @limit
            """,
            new { tenant = tenant.Value, since = (Now() - IdleLimit).ToStored(), limit }, cancellationToken: cancellation));
        return rows.Select(row => new GatewaySession(row.CallId, row.SessionId, row.UserId, row.StartedAt.ToTime(), row.LastActivity.ToTime(), true)).ToList();
    }

    /// <summary>Sessions of one call, active or not, oldest first, at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<GatewaySession>> SessionsOfAsync(TenantId tenant, string callId, int limit, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<SessionRow>(new CommandDefinition(
            """
            SELECT session_id, call_id, user_id, started_at, last_activity, is_active FROM gateway_sessions
            WHERE tenant_id = @tenant AND call_id = @callId ORDER BY started_at, session_id LIMIT @limit
            """,
            new { tenant = tenant.Value, callId, limit }, cancellationToken: cancellation));
        return rows.Select(row => new GatewaySession(row.CallId, row.SessionId, row.UserId, row.StartedAt.ToTime(), row.LastActivity.ToTime(), row.IsActive != 0)).ToList();
    }

    // As precise as it is stored: what is answered now is what is read later.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

    private sealed class CallRow
    {
        public string CallId { get; set; } = "";

        public string? ClientId { get; set; }

        public string PhoneNumber { get; set; } = "";

        public string Direction { get; set; } = "";

        public string Status { get; set; } = "";

        public long Duration { get; set; }

        public string? RecordingUrl { get; set; }

        public string? Transcript { get; set; }

        public string? Summary { get; set; }

        public string? Sentiment { get; set; }

        public double? ConfidenceScore { get; set; }

        public long CreatedAt { get; set; }

        public long UpdatedAt { get; set; }

        public GatewayCall ToCall() => new()
        {
            Id = CallId,
            ClientId = ClientId,
            PhoneNumber = PhoneNumber,
            Direction = Direction,
            Status = Status,
            Duration = Duration,
            RecordingUrl = RecordingUrl,
            Transcript = Transcript,
            Summary = Summary,
            Sentiment = Sentiment,
            ConfidenceScore = ConfidenceScore,
            CreatedAt = CreatedAt.ToTime(),
            UpdatedAt = UpdatedAt.ToTime(),
        };
    }

    private sealed class SessionRow
    {
        public long IsActive { get; set; }

        public string SessionId { get; set; } = "";

        public string CallId { get; set; } = "";

        public string? UserId { get; set; }

        public long StartedAt { get; set; }

        public long LastActivity { get; set; }
    }
}
