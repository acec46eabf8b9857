using System.Data.Common;
using System.Globalization;
using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Media.Srtp;
using Tandem.Storage.Database;
using Tandem.Storage.Mailboxes;
using Tandem.Storage.Policies;
using Tandem.Storage.Queues;
using Tandem.Storage.Security;
using Tandem.Storage.Voicemail;

namespace Tandem.Storage.Extensions;

/// <summary>
/// The extensions in the database. Every change raises the version of the topic, by which <see cref="ExtensionDirectory"/>
/// of this and every other process notices it.
/// </summary>
public sealed class ExtensionRepository
{
    private const string RemovedSql = "deleted_at = @now, secret = ''";

    private const int NumberLimit = 32;

    private readonly TandemDatabase _database;
    private readonly SecretBox _box;
    private readonly StorageOptions _options;
    private readonly TopicChanges _changes;

    internal ExtensionRepository(TandemDatabase database, SecretBox box, StorageOptions options, TimeProvider time)
    {
        _database = database;
        _box = box;
        _options = options;
        _changes = new TopicChanges(database, ExtensionDirectory.Topic, time);
    }

    /// <summary>Called after a change was committed, on the thread that made it.</summary>
    internal Action? Changed
    {
        get => _changes.Committed;
        set => _changes.Committed = value;
    }

    /// <summary>All extensions of a tenant, shorter numbers first, then by digits.</summary>
    /// <exception cref="StorageException">A secret was sealed with another key.</exception>
    public async Task<IReadOnlyList<Extension>> ListAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<ExtensionRow>(new CommandDefinition(
            "SELECT * FROM extensions WHERE tenant_id = @tenant AND deleted_at IS NULL ORDER BY LENGTH(number), number",
            new { tenant = tenant.Value }, cancellationToken: cancellation));
        return rows.Select(row => row.ToExtension(_box)).ToList();
    }

    /// <summary>One extension, or null.</summary>
    /// <exception cref="StorageException">Its secret was sealed with another key.</exception>
    public async Task<Extension?> FindAsync(TenantId tenant, string number, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<ExtensionRow>(new CommandDefinition(
            "SELECT * FROM extensions WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NULL",
            new { tenant = tenant.Value, number }, cancellationToken: cancellation));
        return row?.ToExtension(_box);
    }

    /// <summary>
    /// Creates what is missing of the range, each with a random secret or with <paramref name="firstSecret"/>. An extension that
    /// was removed is not brought back, and a number that a queue has stays the queue's. To be called at each start.
    /// </summary>
    /// <param name="first">The first number, for example 100.</param>
    /// <param name="last">The last number, included.</param>
    /// <returns>How many were created.</returns>
    /// <exception cref="StorageException">The range is empty or wider than the limit.</exception>
    public async Task<int> EnsureRangeAsync(TenantId tenant, int first, int last, Secret? firstSecret = null, CancellationToken cancellation = default)
    {
        if (first < 0 || last < first)
            throw new StorageException($"EXT_MIN {first} to EXT_MAX {last} is not a range of numbers");
        if ((long)last - first + 1 > _options.ExtensionRangeLimit)
            throw new StorageException($"EXT_MIN {first} to EXT_MAX {last} are {(long)last - first + 1} extensions; at most {_options.ExtensionRangeLimit} are created");

        return await ChangeAsync(async (connection, transaction, version, now) =>
        {
            var there = (await connection.QueryAsync<string>(new CommandDefinition(
                "SELECT number FROM extensions WHERE tenant_id = @tenant", new { tenant = tenant.Value }, transaction, cancellationToken: cancellation))).ToHashSet();
            var rows = new List<NewExtensionRow>();
            var queues = await QueueRepository.LockNumbersAsync(connection, transaction, tenant, cancellation);
            for (var i = first; i <= last; i++)
            {
                var number = i.ToString(CultureInfo.InvariantCulture);
                if (!there.Contains(number) && !queues.ContainsKey(number))
                    rows.Add(NewRow(tenant, number, firstSecret ?? new Secret(RandomText.Secret()), "", "", version, now));
            }

            new RowWriter(connection, transaction).Execute(NewExtensionRow.InsertSql, rows);
            return rows.Count;
        }, cancellation);
    }

    /// <summary>Adds an extension; a removed one with the same number comes back as new.</summary>
    /// <param name="secret">Its secret; null for a random one.</param>
    /// <returns>The new extension, or null when the number is taken.</returns>
    /// <exception cref="NumberTakenException">A queue has the number.</exception>
    /// <exception cref="ArgumentException">The number is not made of 1 to 32 digits, <c>*</c>, <c>#</c>, letters, dots, dashes or underscores.</exception>
    public async Task<Extension?> AddAsync(
        TenantId tenant, string number, Secret? secret = null, string displayName = "", string algorithms = "", CancellationToken cancellation = default)
    {
        if (!IsNumber(number))
            throw new ArgumentException($"'{number}' is no extension number", nameof(number));

        secret ??= new Secret(RandomText.Secret());
        var added = await ChangeAsync(async (connection, transaction, version, now) =>
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM extensions WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NOT NULL",
                new { tenant = tenant.Value, number }, transaction, cancellationToken: cancellation));
            var count = 0;
            new RowWriter(connection, transaction).Execute<NewExtensionRow>(NewExtensionRow.InsertSql,
                [NewRow(tenant, number, secret, StoredText.Clean(displayName), StoredText.Clean(algorithms), version, now)], _ => count++);
            if (count > 0 && (await QueueRepository.LockNumbersAsync(connection, transaction, tenant, cancellation)).TryGetValue(number, out var queue))
                throw new NumberTakenException(number, QueueRepository.Holder(queue));
            return count;
        }, cancellation);
        return added == 0 ? null : new Extension(tenant, number, secret, displayName, algorithms);
    }

    /// <summary>Removes an extension; false when there is none.</summary>
    public Task<bool> RemoveAsync(TenantId tenant, string number, CancellationToken cancellation = default) =>
        UpdateAsync(RemovedSql, tenant, number, "", true, cancellation);

    /// <summary>Gives an extension another secret; returns it, or null when there is no such extension.</summary>
    /// <param name="secret">The new secret; null for a random one.</param>
    public async Task<Secret?> ResetSecretAsync(TenantId tenant, string number, Secret? secret = null, CancellationToken cancellation = default)
    {
        secret ??= new Secret(RandomText.Secret());
        var sealedText = _box.Seal(tenant, number, ExtensionRow.Purpose, secret);
        return await UpdateAsync("secret = @value", tenant, number, sealedText, true, cancellation) ? secret : null;
    }

    /// <summary>Lets an extension register and call, or forbids it; false when there is none.</summary>
    public Task<bool> SetEnabledAsync(TenantId tenant, string number, bool enabled, CancellationToken cancellation = default) =>
        UpdateAsync(enabled ? "enabled = 1" : "enabled = 0", tenant, number, "", !enabled, cancellation);

    /// <summary>Sets the digest algorithms of an extension (empty: the installation's); false when there is none.</summary>
    public Task<bool> SetAlgorithmsAsync(TenantId tenant, string number, string algorithms, CancellationToken cancellation = default) =>
        UpdateAsync("algorithms = @value", tenant, number, StoredText.Clean(algorithms), false, cancellation);

    /// <summary>Sets whether the media of an extension is encrypted (null: the installation's policy); false when there is none.</summary>
    public Task<bool> SetSrtpAsync(TenantId tenant, string number, SrtpPolicy? policy, CancellationToken cancellation = default) =>
        UpdateAsync("srtp = @value", tenant, number, policy?.ToString().ToLowerInvariant() ?? "", false, cancellation);

    /// <summary>Sets the codecs that an extension is offered (empty: the installation's); false when there is none.</summary>
    public Task<bool> SetCodecsAsync(TenantId tenant, string number, string codecs, CancellationToken cancellation = default) =>
        UpdateAsync("codecs = @value", tenant, number, StoredText.Clean(codecs), false, cancellation);

    /// <summary>Has the calls of an extension recorded, or not; false when there is none.</summary>
    public Task<bool> SetRecordedAsync(TenantId tenant, string number, bool recorded, CancellationToken cancellation = default) =>
        UpdateAsync(recorded ? "recorded = 1" : "recorded = 0", tenant, number, "", false, cancellation);

    /// <summary>Changes several properties of an extension together; false when there is none.</summary>
    public async Task<bool> ChangeAsync(TenantId tenant, string number, ExtensionChange change, CancellationToken cancellation = default) =>
        await ChangeAsync(async (connection, transaction, version, now) =>
        {
            var changed = await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE extensions SET display_name = COALESCE(@name, display_name), enabled = COALESCE(@enabled, enabled), algorithms = COALESCE(@algorithms, algorithms),
                    srtp = COALESCE(@srtp, srtp), codecs = COALESCE(@codecs, codecs), recorded = COALESCE(@recorded, recorded), version = @version, changed_at = @now
                WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NULL
                """,
                new
                {
                    tenant = tenant.Value,
                    number,
                    name = change.DisplayName is { } name ? StoredText.Clean(name) : null,
                    enabled = change.Enabled is { } enabled ? (enabled ? 1L : 0L) : (long?)null,
                    algorithms = change.Algorithms,
                    srtp = change.Srtp,
                    codecs = change.Codecs,
                    recorded = change.Recorded is { } recorded ? (recorded ? 1L : 0L) : (long?)null,
                    version,
                    now,
                },
                transaction, cancellationToken: cancellation));
            if (changed > 0 && change.Enabled == false)
                await DropBindingsAsync(connection, transaction, tenant, number, cancellation);
            return changed;
        }, cancellation) > 0;

    private static bool IsNumber(string number) =>
        number.Length is > 0 and <= NumberLimit && number.All(c => char.IsAsciiLetterOrDigit(c) || c is '*' or '#' or '.' or '-' or '_');

    // `set` is one of the texts above, never input. What was registered before a revocation must not ring after it: a running
    // exchange drops it when it notices (ExtensionDirectory.Revoked), one that starts later does not find it.
    private async Task<bool> UpdateAsync(string set, TenantId tenant, string number, string value, bool revokes, CancellationToken cancellation) =>
        await ChangeAsync(async (connection, transaction, version, now) =>
        {
            var changed = await connection.ExecuteAsync(new CommandDefinition(
                $"UPDATE extensions SET {set}, version = @version, changed_at = @now WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NULL",
                new { tenant = tenant.Value, number, value, version, now }, transaction, cancellationToken: cancellation));
            if (changed > 0 && revokes)
                await DropBindingsAsync(connection, transaction, tenant, number, cancellation);
            if (changed > 0 && set == RemovedSql)
            {
                // Topics in the order in which the removal of a tenant takes them: neither waits for the other.
                await PolicyRepository.ForgetExtensionAsync(connection, transaction, _box, tenant, number, now, cancellation);
                await Routing.RoutingRepository.ForgetAsync(connection, transaction, tenant, number, now, cancellation);
                await QueueRepository.ForgetAgentAsync(connection, transaction, tenant, number, cancellation);
                await MailboxRepository.ForgetAsync(connection, transaction, tenant, number, now, cancellation);
                await VoicemailRepository.ForgetAsync(_database, connection, transaction, tenant, number, cancellation);
            }

            return changed;
        }, cancellation) > 0;

    private static Task DropBindingsAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, string number, CancellationToken cancellation) =>
        connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM bindings WHERE tenant_id = @tenant AND number = @number", new { tenant = tenant.Value, number }, transaction, cancellationToken: cancellation));

    private Task<int> ChangeAsync(Func<DbConnection, DbTransaction, long, long, Task<int>> change, CancellationToken cancellation) =>
        _changes.MakeAsync(change, changed => changed > 0, cancellation);

    private NewExtensionRow NewRow(TenantId tenant, string number, Secret secret, string displayName, string algorithms, long version, long now) =>
        new(tenant.Value, number, _box.Seal(tenant, number, ExtensionRow.Purpose, secret), displayName, algorithms, version, now);

    private sealed record NewExtensionRow(string Tenant, string Number, string Secret, string DisplayName, string Algorithms, long Version, long Now) : IRow
    {
        public const string InsertSql = """
            INSERT INTO extensions (tenant_id, number, secret, display_name, algorithms, enabled, version, created_at, changed_at, deleted_at)
            VALUES (@tenant, @number, @secret, @name, @algorithms, 1, @version, @now, @now, NULL)
            ON CONFLICT (tenant_id, number) DO NOTHING
            """;

        public void Bind(ref RowParameters parameters)
        {
            parameters.Add("tenant", Tenant);
            parameters.Add("number", Number);
            parameters.Add("secret", Secret);
            parameters.Add("name", DisplayName);
            parameters.Add("algorithms", Algorithms);
            parameters.Add("version", Version);
            parameters.Add("now", Now);
        }
    }
}
