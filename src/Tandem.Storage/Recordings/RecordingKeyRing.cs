using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Media.Recording;
using Tandem.Storage.Database;

namespace Tandem.Storage.Recordings;

/// <summary>
/// The tenants' keys of recordings. In the database they lie wrapped by the master key (AES-256-GCM, bound to tenant and id); the master key
/// comes from the environment or lies in DATA_DIR/keys (mode 0600). Without it the recordings are gone. Thread-safe.
/// </summary>
public sealed class RecordingKeyRing : IRecordingKeys
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeadSize = NonceSize + TagSize;

    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;
    private readonly string _directory;
    private readonly Secret? _given;
    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Id), RecordingKey> _keys = new();
    private readonly ConcurrentDictionary<TenantId, RecordingKey> _current = new();
    private byte[]? _master;

    internal RecordingKeyRing(TandemDatabase database, string dataDirectory, Secret? masterKey, TimeProvider time)
    {
        _database = database;
        _directory = dataDirectory;
        _given = masterKey;
        _time = time;
    }

    /// <summary>Keys that the master key at hand does not unwrap: their recordings cannot be read with it.</summary>
    public int Unreadable { get; private set; }

    /// <summary>True for a text that RECORDING_MASTER_KEY may be: 32 bytes in base64 or hexadecimal.</summary>
    public static bool IsMasterKey(string text) => ReadMasterKey(text) is not null;

    /// <inheritdoc/>
    public RecordingKey? Current(TenantId tenant) => _current.GetValueOrDefault(tenant);

    /// <inheritdoc/>
    public RecordingKey? Find(TenantId tenant, Guid id) => _keys.GetValueOrDefault((tenant, id));

    /// <summary>Reads all keys into memory. The newest one of a tenant that can be unwrapped is for its new recordings.</summary>
    /// <exception cref="StorageException">The master key cannot be read or made.</exception>
    public async Task LoadAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<KeyRow>(new CommandDefinition(
            "SELECT tenant_id, key_id, wrapped FROM recording_keys ORDER BY created_at, key_id", cancellationToken: cancellation));
        Unreadable = 0;
        foreach (var row in rows)
        {
            var tenant = new TenantId(row.TenantId);
            if (!Guid.TryParse(row.KeyId, out var id) || Unwrap(tenant, id, row.Wrapped) is not { } secret)
            {
                Unreadable++;
                continue;
            }

            Put(tenant, new RecordingKey(id, secret));
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
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO recording_keys (tenant_id, key_id, wrapped, created_at) VALUES (@tenant, @id, @wrapped, @now)",
            new { tenant = tenant.Value, id = id.ToString(), wrapped = Wrap(tenant, id, secret), now = _time.GetUtcNow().ToStored() },
            cancellationToken: cancellation));
        Put(tenant, new RecordingKey(id, secret));
    }

    private static byte[]? ReadMasterKey(string text)
    {
        if (text.Length == 2 * RecordingKey.Size && text.All(char.IsAsciiHexDigit))
            return Convert.FromHexString(text);

        var bytes = new byte[RecordingKey.Size + 1];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == RecordingKey.Size ? bytes[..length] : null;
    }

    private static byte[] Context(TenantId tenant, Guid id) => Encoding.UTF8.GetBytes($"{tenant.Value}\0{id}\0recordings");

    private void Put(TenantId tenant, RecordingKey key)
    {
        _keys[(tenant, key.Id)] = key;
        _current[tenant] = key;
    }

    private byte[] Master()
    {
        if (_master is not null)
            return _master;

        if (_given is not null)
        {
            return _master = ReadMasterKey(_given.Reveal())
                ?? throw new StorageException("RECORDING_MASTER_KEY is no key: 32 bytes in base64 or hexadecimal are expected");
        }

        var directory = DataDirectory.Ensure(Path.Combine(_directory, "keys"));
        var file = Path.Combine(directory, "recordings-1.key");
        var key = DataDirectory.ReadOrCreate(file, () => RandomNumberGenerator.GetBytes(RecordingKey.Size));
        return _master = key.Length == RecordingKey.Size
            ? key
            : throw new StorageException($"{file} is not a key of {RecordingKey.Size} bytes: put the right file back (without it the recordings cannot be read)");
    }

    private string Wrap(TenantId tenant, Guid id, byte[] secret)
    {
        var wrapped = new byte[HeadSize + secret.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceSize));
        using var aes = new AesGcm(Master(), TagSize);
        aes.Encrypt(wrapped.AsSpan(0, NonceSize), secret, wrapped.AsSpan(HeadSize), wrapped.AsSpan(NonceSize, TagSize), Context(tenant, id));
        return Convert.ToBase64String(wrapped);
    }

    private byte[]? Unwrap(TenantId tenant, Guid id, string text)
    {
        var wrapped = new byte[HeadSize + RecordingKey.Size + 3];
        if (!Convert.TryFromBase64String(text, wrapped, out var length) || length != HeadSize + RecordingKey.Size)
            return null;

        var secret = new byte[RecordingKey.Size];
        try
        {
            using var aes = new AesGcm(Master(), TagSize);
            aes.Decrypt(wrapped.AsSpan(0, NonceSize), wrapped.AsSpan(HeadSize, RecordingKey.Size), wrapped.AsSpan(NonceSize, TagSize), secret, Context(tenant, id));
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private sealed class KeyRow
    {
        public string TenantId { get; set; } = "";

        public string KeyId { get; set; } = "";

        public string Wrapped { get; set; } = "";
    }
}
