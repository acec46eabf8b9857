using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Media.Recording;
using Tandem.Storage.Database;

namespace Tandem.Storage.Recordings;

/// <summary>
/// The tenants' keys of recordings. In the database they lie wrapped by the master key, which comes from the environment or lies in DATA_DIR/keys.
/// Without it the recordings are gone. Thread-safe.
/// </summary>
public sealed class RecordingKeyRing : IRecordingKeys
{
    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;
    private readonly MasterKeys _masters;
    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Id), RecordingKey> _keys = new();
    private readonly ConcurrentDictionary<TenantId, RecordingKey> _current = new();

    internal RecordingKeyRing(TandemDatabase database, string dataDirectory, StorageOptions options, TimeProvider time)
    {
        _database = database;
        _masters = new MasterKeys(dataDirectory, options.RecordingMasterKey, options.RecordingMasterKeyOld);
        _time = time;
    }

    /// <summary>Keys that the master keys at hand do not unwrap: their recordings cannot be read with them.</summary>
    public int Unreadable { get; private set; }

    /// <summary>True for a text that RECORDING_MASTER_KEY may be: 32 bytes in base64 or hexadecimal.</summary>
    public static bool IsMasterKey(string text) => MasterKeys.Parse(text) is not null;

    /// <inheritdoc/>
    public RecordingKey? Current(TenantId tenant) => _current.GetValueOrDefault(tenant);

    /// <inheritdoc/>
    public RecordingKey? Find(TenantId tenant, Guid id) => _keys.GetValueOrDefault((tenant, id));

    /// <summary>Reads all keys into memory. The newest one of a tenant that can be unwrapped is for its new recordings.</summary>
    /// <exception cref="StorageException">A master key cannot be read.</exception>
    public async Task LoadAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);

        // A rotation that ends between the reading of rows and masters has removed the key of these rows: they are read again.
        for (var tries = 0; ; tries++)
        {
            var rows = await ReadAsync(connection, null, cancellation);
            var masters = _masters.All();
            Unreadable = 0;
            foreach (var row in rows)
            {
                if (row.Unwrap(masters) is { } secret)
                    Put(row.Tenant, new RecordingKey(row.Id, secret));
                else
                    Unreadable++;
            }

            if (Unreadable == 0 || tries > 0)
                return;
        }
    }

    /// <summary>Makes a key for a tenant that has none which can be used.</summary>
    /// <exception cref="StorageException">The master key cannot be read or made.</exception>
    public async Task EnsureAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        if (_current.ContainsKey(tenant))
            return;

        var id = Guid.NewGuid();
        var secret = RandomNumberGenerator.GetBytes(RecordingKey.Size);
        await using var connection = await _database.ConnectAsync(cancellation);

        // The master is read inside: a rotation that runs meanwhile wraps this key anew, or has its own key there already.
        await using var transaction = _database.BeginExclusive(connection);
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO recording_keys (tenant_id, key_id, wrapped, created_at) VALUES (@tenant, @id, @wrapped, @now)",
            new { tenant = tenant.Value, id = id.ToString(), wrapped = MasterKeys.Wrap(_masters.Current(), tenant, id, secret), now = _time.GetUtcNow().ToStored() },
            transaction,
            cancellationToken: cancellation));
        await transaction.CommitAsync(cancellation);
        Put(tenant, new RecordingKey(id, secret));
    }

    /// <summary>
    /// Wraps all keys anew under another master key: the given one, or a new file. Recordings and their keys stay as they are, and a server may run meanwhile.
    /// What broke off before is finished with the key that it had made. Files of keys that nothing needs any more are removed at the end.
    /// </summary>
    /// <exception cref="StorageException">A master key cannot be read or made.</exception>
    public Task<RotationReport> RotateAsync(CancellationToken cancellation = default) => RotateAsync(null, cancellation);

    /// <param name="reached">Told of each step; what it throws breaks the rotation off there.</param>
    /// <param name="cancellation">Breaks it off.</param>
    internal async Task<RotationReport> RotateAsync(Action<RotationStep>? reached, CancellationToken cancellation)
    {
        // Two files are there only when a rotation broke off: its key is the new one.
        if (!_masters.IsGiven && _masters.Files().Count < 2)
            _masters.MakeNext();
        reached?.Invoke(RotationStep.HasKey);

        var master = _masters.Current();
        var (wrapped, kept, unreadable) = await WrapAnewAsync(master, reached, cancellation);
        reached?.Invoke(RotationStep.Committed);

        var files = _masters.Files();
        var current = _masters.IsGiven || files.Count == 0 ? null : files[^1];
        var removed = new List<string>();
        foreach (var file in files)
        {
            if (file == current)
                continue;

            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StorageException($"all keys are wrapped anew, but {file} cannot be removed: {e.Message}", e);
            }

            removed.Add(file);
            reached?.Invoke(RotationStep.Removed);
        }

        return new RotationReport(wrapped, kept, unreadable, current, removed);
    }

    private async Task<(int Wrapped, int Kept, int Unreadable)> WrapAnewAsync(byte[] master, Action<RotationStep>? reached, CancellationToken cancellation)
    {
        var (wrapped, kept, unreadable) = (0, 0, 0);
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = _database.BeginExclusive(connection);
        var masters = _masters.All();
        foreach (var row in await ReadAsync(connection, transaction, cancellation))
        {
            if (row.Unwrap([master]) is not null)
            {
                kept++;
                continue;
            }

            if (row.Unwrap(masters) is not { } secret)
            {
                unreadable++;
                continue;
            }

            var text = MasterKeys.Wrap(master, row.Tenant, row.Id, secret);
            CryptographicOperations.ZeroMemory(secret);
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE recording_keys SET wrapped = @text WHERE tenant_id = @TenantId AND key_id = @KeyId",
                new { text, row.TenantId, row.KeyId },
                transaction,
                cancellationToken: cancellation));
            wrapped++;
            reached?.Invoke(RotationStep.Wrapped);
        }

        await transaction.CommitAsync(cancellation);
        return (wrapped, kept, unreadable);
    }

    private static async Task<List<KeyRow>> ReadAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellation) =>
        [.. await connection.QueryAsync<KeyRow>(new CommandDefinition(
            "SELECT tenant_id, key_id, wrapped FROM recording_keys ORDER BY created_at, key_id", transaction: transaction, cancellationToken: cancellation))];

    private void Put(TenantId tenant, RecordingKey key)
    {
        _keys[(tenant, key.Id)] = key;
        _current[tenant] = key;
    }

    private sealed class KeyRow
    {
        public string TenantId { get; set; } = "";

        public string KeyId { get; set; } = "";

        public string Wrapped { get; set; } = "";

        public TenantId Tenant => new(TenantId);

        public Guid Id => Guid.TryParse(KeyId, out var id) ? id : Guid.Empty;

        public byte[]? Unwrap(IReadOnlyList<byte[]> masters) => MasterKeys.Unwrap(masters, Tenant, Id, Wrapped);
    }
}
