using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;

namespace Tandem.Storage.Security;

/// <summary>
/// Seals secrets for the database: AES-256-GCM with a random nonce, bound to whose they are and what for, so that a sealed
/// text copied to another row does not open. The key is a file of 32 bytes in DATA_DIR/keys; without it the secrets are gone.
/// </summary>
/// <remarks>Sealed form, in base64: key id (1 byte), nonce (12), tag (16), ciphertext. Thread-safe.</remarks>
public sealed class SecretBox
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeadSize = 1 + NonceSize + TagSize;

    // The key of everything but what ProfileKeys covers once it has a key of its own.
    private const byte FirstKeyId = 1;

    private readonly byte[] _key;
    private readonly byte[] _digestKey;

    private SecretBox(byte[] key, string keyFile)
    {
        _key = key;
        _digestKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeySize, info: "digest"u8.ToArray());
        KeyFile = keyFile;
        Profiles = new ProfileKeys(Path.GetDirectoryName(keyFile)!);
    }

    /// <summary>Where the key lies.</summary>
    public string KeyFile { get; }

    /// <summary>The keys of SIP profiles, which are rotated.</summary>
    internal ProfileKeys Profiles { get; }

    /// <summary>The id of the key that sealed a text; 0 when it is no sealed text.</summary>
    internal static byte KeyIdOf(string sealedText) => Base64.IsValid(sealedText) && Convert.FromBase64String(sealedText) is [var id, ..] bytes && bytes.Length >= HeadSize ? id : (byte)0;

    /// <summary>Reads the key of this installation, or makes it (mode 0600) when there is none.</summary>
    /// <exception cref="StorageException">The file cannot be read, made, or is no key.</exception>
    public static SecretBox Open(string dataDirectory)
    {
        var directory = DataDirectory.Ensure(Path.Combine(dataDirectory, "keys"));
        var file = Path.Combine(directory, $"secrets-{FirstKeyId}.key");
        var key = DataDirectory.ReadOrCreate(file, () => RandomNumberGenerator.GetBytes(KeySize));
        return key.Length == KeySize
            ? new SecretBox(key, file)
            : throw new StorageException($"{file} is not a key of {KeySize} bytes: put the right file back (without it the stored secrets cannot be read)");
    }

    /// <summary>Seals a secret for one owner and purpose.</summary>
    /// <param name="owner">The number or name that the secret belongs to.</param>
    /// <param name="purpose">What it is used for, for example <c>sip</c>.</param>
    public string Seal(TenantId tenant, string owner, string purpose, Secret secret)
    {
        var (id, key) = (ProfileKeys.Covers(purpose) ? Profiles.Current() : null) ?? (FirstKeyId, _key);
        var plain = Encoding.UTF8.GetBytes(secret.Reveal());
        var sealedBytes = new byte[HeadSize + plain.Length];
        sealedBytes[0] = id;
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(1, NonceSize));
        using (var aes = new AesGcm(key, TagSize))
        {
            aes.Encrypt(sealedBytes.AsSpan(1, NonceSize), plain, sealedBytes.AsSpan(HeadSize), sealedBytes.AsSpan(1 + NonceSize, TagSize),
                Context(tenant, owner, purpose));
        }

        CryptographicOperations.ZeroMemory(plain);
        return Convert.ToBase64String(sealedBytes);
    }

    /// <summary>A digest by which the same text is known again, and which without the key says nothing of it, however short it is (HMAC-SHA-256, RFC 2104).</summary>
    /// <param name="owner">The number or name that the text belongs to.</param>
    /// <param name="purpose">What it is used for.</param>
    internal string Digest(TenantId tenant, string owner, string purpose, string text)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _digestKey);
        mac.AppendData(Context(tenant, owner, purpose));
        mac.AppendData([0]);
        mac.AppendData(Encoding.UTF8.GetBytes(text));
        return Convert.ToHexStringLower(mac.GetHashAndReset());
    }

    /// <summary>The secret, or null when it was sealed with another key, for another owner, or was changed.</summary>
    public Secret? TryUnseal(TenantId tenant, string owner, string purpose, string sealedText)
    {
        if (!Base64.IsValid(sealedText))
            return null;

        var bytes = Convert.FromBase64String(sealedText);
        if (bytes.Length < HeadSize || (bytes[0] == FirstKeyId ? _key : ProfileKeys.Covers(purpose) ? Profiles.Find(bytes[0]) : null) is not { } key)
            return null;

        var plain = new byte[bytes.Length - HeadSize];
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(bytes.AsSpan(1, NonceSize), bytes.AsSpan(HeadSize), bytes.AsSpan(1 + NonceSize, TagSize), plain, Context(tenant, owner, purpose));
            return new Secret(Encoding.UTF8.GetString(plain));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    // Parts are separated by a byte that no text contains.
    private static byte[] Context(TenantId tenant, string owner, string purpose) =>
        Encoding.UTF8.GetBytes($"{tenant.Value}\0{owner}\0{purpose}");
}
