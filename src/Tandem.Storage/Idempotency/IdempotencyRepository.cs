using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Idempotency;

/// <summary>
/// Keys of requests that are done once, wherever they are repeated: the node that gets one first claims it in the database, runs the request and leaves the answer there, sealed. A claim
/// ends by itself unless its node renews it (<see cref="UpkeepAsync"/>): what a node that died was running may be run again then. Bounded for each tenant; thread-safe.
/// </summary>
public sealed class IdempotencyRepository
{
    private const string Purpose = "idempotency";

    // A row may go between the attempt to claim it and the look at it: who runs it gave it back.
    private const int Attempts = 3;

    // The rows of a tenant are counted once in a sixteenth of what it may have.
    private const int TrimPart = 16;

    // What an answer takes on average at most, sealed: one of 64 KiB takes some 115 KiB, those of the API a few hundred bytes.
    private const int MeanBytes = 4 << 10;

    private readonly ConcurrentDictionary<long, IdempotencyClaim> _open = new();
    private readonly ConcurrentDictionary<TenantId, int> _untilTrim = new();
    private readonly TandemDatabase _database;
    private readonly SecretBox _box;
    private readonly RunIdentity _run;
    private readonly TimeProvider _time;
    private long _last;

    internal IdempotencyRepository(TandemDatabase database, SecretBox box, RunIdentity run, TimeProvider time) => (_database, _box, _run, _time) = (database, box, run, time);

    /// <summary>Requests with a key that run at this node, and answers that the database did not take yet.</summary>
    public int Open => _open.Count;

    /// <summary>Asks for a key.</summary>
    /// <param name="tenant">Whose key it is.</param>
    /// <param name="key">The key, with who asks.</param>
    /// <param name="request">What makes it the same request: a digest of it.</param>
    /// <param name="lifetime">How long the claim stands without <see cref="UpkeepAsync"/>.</param>
    /// <param name="most">Answers that are kept for the tenant, 4 KiB each on average and sealed; the oldest goes first.</param>
    /// <param name="cancellation">Nobody wants it any more.</param>
    /// <exception cref="DbException">The database is away.</exception>
    /// <exception cref="StorageException">The answer was sealed with another key.</exception>
    public async Task<IdempotencyResult> ClaimAsync(TenantId tenant, string key, string request, TimeSpan lifetime, int most, CancellationToken cancellation = default)
    {
        var claim = new IdempotencyClaim(tenant, BearerSecret.Hash(key), Interlocked.Increment(ref _last));
        var fingerprint = _box.Digest(tenant, claim.KeyHash, Purpose, request);
        await using var connection = await _database.ConnectAsync(cancellation);
        if (IsTimeToTrim(tenant, most))
            await TrimAsync(connection, tenant, most, cancellation);

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await TakeAsync(connection, claim, fingerprint, lifetime))
            {
                _open[claim.Number] = claim;
                return new IdempotencyResult(IdempotencyState.Claimed, claim);
            }

            var row = await connection.QuerySingleOrDefaultAsync<IdempotencyRow>(new CommandDefinition(
                "SELECT fingerprint, answer FROM idempotency_keys WHERE tenant_id = @tenant AND key_hash = @hash",
                new { tenant = tenant.Value, hash = claim.KeyHash }, cancellationToken: cancellation));
            if (row is not null)
                return Read(tenant, claim.KeyHash, row, fingerprint);
        }

        return new IdempotencyResult(IdempotencyState.Running);
    }

    /// <summary>Keeps the answer. When the database is away it is written as soon as it is back (<see cref="UpkeepAsync"/>), and the key is running until then.</summary>
    /// <param name="keep">How long it is kept.</param>
    /// <exception cref="DbException">The database is away.</exception>
    public Task FinishAsync(IdempotencyClaim claim, IdempotentAnswer answer, TimeSpan keep)
    {
        var text = new Secret(JsonSerializer.Serialize(answer));
        var kept = _box.Seal(claim.Tenant, claim.KeyHash, Purpose, text);

        // A long one counts as many; at one, the next claim trims.
        _untilTrim.AddOrUpdate(claim.Tenant, 0, (_, left) => Math.Max(Math.Min(left, 1), left - (kept.Length / MeanBytes)));
        return EndAsync(claim, new IdempotencyOutcome(kept, (_time.GetUtcNow() + keep).ToStored()));
    }

    /// <summary>Gives the key back: the next request with it runs.</summary>
    /// <exception cref="DbException">The database is away; it is done as soon as it is back.</exception>
    public Task ReleaseAsync(IdempotencyClaim claim) => EndAsync(claim, new IdempotencyOutcome(null, 0));

    /// <summary>Renews the claims of requests that still run here, writes what could not be written, and deletes what has expired.</summary>
    /// <param name="lifetime">How long claims stand from now.</param>
    /// <param name="step">Rows that are deleted at most.</param>
    /// <returns>Rows that were deleted.</returns>
    /// <exception cref="DbException">The database is away.</exception>
    public async Task<int> UpkeepAsync(TimeSpan lifetime, int step, CancellationToken cancellation = default)
    {
        foreach (var claim in _open.Values)
        {
            if (claim.Outcome is { } outcome)
                await WriteAsync(claim, outcome);
            else
                await RenewAsync(claim, lifetime, cancellation);
        }

        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM idempotency_keys WHERE (tenant_id, key_hash) IN
                (SELECT tenant_id, key_hash FROM idempotency_keys WHERE expires_at <= @now ORDER BY expires_at LIMIT @step)
            """,
            new { now = _time.GetUtcNow().ToStored(), step }, cancellationToken: cancellation));
    }

    /// <summary>Gives back what a former run of this node was running: nobody runs it now.</summary>
    internal void BeginRun()
    {
        using var connection = _database.Connect();
        connection.Execute("DELETE FROM idempotency_keys WHERE node_id = @node AND run_id <> @run AND answer IS NULL", new { node = _run.NodeId, run = _run.RunId });
    }

    // Not given up in the middle: nobody would know of the claim.
    private async Task<bool> TakeAsync(DbConnection connection, IdempotencyClaim claim, string fingerprint, TimeSpan lifetime)
    {
        var now = _time.GetUtcNow();
        return await connection.ExecuteAsync(
            """
            INSERT INTO idempotency_keys (tenant_id, key_hash, fingerprint, node_id, run_id, claim_no, answer, created_at, expires_at)
            VALUES (@tenant, @hash, @fingerprint, @node, @run, @number, NULL, @now, @until)
            ON CONFLICT (tenant_id, key_hash) DO UPDATE SET fingerprint = excluded.fingerprint, node_id = excluded.node_id, run_id = excluded.run_id,
                claim_no = excluded.claim_no, answer = NULL, created_at = excluded.created_at, expires_at = excluded.expires_at
            WHERE idempotency_keys.expires_at <= @now
            """,
            new
            {
                tenant = claim.Tenant.Value,
                hash = claim.KeyHash,
                fingerprint,
                node = _run.NodeId,
                run = _run.RunId,
                number = claim.Number,
                now = now.ToStored(),
                until = (now + lifetime).ToStored(),
            }) > 0;
    }

    private IdempotencyResult Read(TenantId tenant, string hash, IdempotencyRow row, string fingerprint)
    {
        if (row.Fingerprint != fingerprint)
            return new IdempotencyResult(IdempotencyState.Reused);
        if (row.Answer is not { } kept)
            return new IdempotencyResult(IdempotencyState.Running);

        var text = _box.TryUnseal(tenant, hash, Purpose, kept)
            ?? throw new StorageException($"the answer to a request with an idempotency key was sealed with another key than {_box.KeyFile}: put the keys of this database there");
        return new IdempotencyResult(IdempotencyState.Answered, Answer: JsonSerializer.Deserialize<IdempotentAnswer>(text.Reveal()));
    }

    private Task EndAsync(IdempotencyClaim claim, IdempotencyOutcome outcome)
    {
        claim.Outcome = outcome;
        return WriteAsync(claim, outcome);
    }

    // Only while the claim is still this one: who took it over after its end has the last word.
    private async Task WriteAsync(IdempotencyClaim claim, IdempotencyOutcome outcome)
    {
        const string Mine = "WHERE tenant_id = @tenant AND key_hash = @hash AND run_id = @run AND claim_no = @number AND answer IS NULL";
        await using var connection = await _database.ConnectAsync();
        await connection.ExecuteAsync(
            outcome.Sealed is null ? $"DELETE FROM idempotency_keys {Mine}" : $"UPDATE idempotency_keys SET answer = @answer, expires_at = @until {Mine}",
            new { tenant = claim.Tenant.Value, hash = claim.KeyHash, run = _run.RunId, number = claim.Number, answer = outcome.Sealed, until = outcome.ExpiresAt });
        _open.TryRemove(claim.Number, out _);
    }

    private async Task RenewAsync(IdempotencyClaim claim, TimeSpan lifetime, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE idempotency_keys SET expires_at = @until WHERE tenant_id = @tenant AND key_hash = @hash AND run_id = @run AND claim_no = @number AND answer IS NULL",
            new { tenant = claim.Tenant.Value, hash = claim.KeyHash, run = _run.RunId, number = claim.Number, until = (_time.GetUtcNow() + lifetime).ToStored() },
            cancellationToken: cancellation));
    }

    private bool IsTimeToTrim(TenantId tenant, int most) =>
        _untilTrim.AddOrUpdate(tenant, 0, (_, left) => left > 0 ? left - 1 : Math.Max(1, most / TrimPart) - 1) == 0;

    // Before the new one: one less than what may be there is left, and of long ones fewer. What runs is not counted as an answer, and stays, as the newest answer does.
    private static Task TrimAsync(DbConnection connection, TenantId tenant, int most, CancellationToken cancellation) => connection.ExecuteAsync(new CommandDefinition(
        """
        DELETE FROM idempotency_keys WHERE tenant_id = @tenant AND answer IS NOT NULL AND key_hash IN
            (SELECT key_hash FROM
                (SELECT key_hash, ROW_NUMBER() OVER (ORDER BY created_at DESC, key_hash DESC) AS place, SUM(LENGTH(answer)) OVER (ORDER BY created_at DESC, key_hash DESC) AS bytes
                 FROM idempotency_keys WHERE tenant_id = @tenant AND answer IS NOT NULL) AS answers
             WHERE place > @left OR (place > 1 AND bytes > @bytes))
        """,
        new { tenant = tenant.Value, left = Math.Max(0, most - 1), bytes = (long)most * MeanBytes }, cancellationToken: cancellation));
}
