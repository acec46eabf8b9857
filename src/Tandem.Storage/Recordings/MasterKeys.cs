using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Media.Recording;
using Tandem.Storage.Database;

namespace Tandem.Storage.Recordings;

/// <summary>
/// The master keys at hand, which wrap the tenants' keys of recordings (AES-256-GCM, bound to tenant and id). One is the current one: that of
/// RECORDING_MASTER_KEY, or the file of the highest number in DATA_DIR/keys (mode 0600). All others unwrap only: while keys are wrapped anew both are
/// there, so that whatever breaks off leaves nothing that cannot be read. Nothing is remembered between two calls: another process may change the files.
/// </summary>
/// <param name="dataDirectory">DATA_DIR.</param>
/// <param name="given">RECORDING_MASTER_KEY; null for the files.</param>
/// <param name="givenOld">RECORDING_MASTER_KEY_OLD: unwraps only; null for none.</param>
internal sealed class MasterKeys(string dataDirectory, Secret? given, Secret? givenOld)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeadSize = NonceSize + TagSize;
    private const string Prefix = "recordings-";
    private const string Suffix = ".key";

    private string Folder => Path.Combine(dataDirectory, "keys");

    /// <summary>The current key comes from the environment.</summary>
    public bool IsGiven => given is not null;

    /// <summary>The bytes of a key that is written as text; null when it is none.</summary>
    public static byte[]? Parse(string text)
    {
        if (text.Length == 2 * RecordingKey.Size && text.All(char.IsAsciiHexDigit))
            return Convert.FromHexString(text);

        var bytes = new byte[RecordingKey.Size + 1];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == RecordingKey.Size ? bytes[..length] : null;
    }

    /// <summary>The key that wraps; its file is made when there is neither a file nor a given key.</summary>
    /// <exception cref="StorageException">It cannot be read or made.</exception>
    public byte[] Current()
    {
        if (given is not null)
            return Read(given, "RECORDING_MASTER_KEY");

        var files = Files();
        return Read(files.Count > 0 ? files[^1] : Make(1), mayBeGone: false)!;
    }

    /// <summary>All keys that unwrap, the current one first.</summary>
    /// <exception cref="StorageException">One cannot be read.</exception>
    public List<byte[]> All()
    {
        var keys = new List<byte[]>();
        if (given is not null)
            keys.Add(Read(given, "RECORDING_MASTER_KEY"));
        foreach (var file in Enumerable.Reverse(Files()))
        {
            // A rotation may have removed it since.
            if (Read(file, mayBeGone: true) is { } key)
                keys.Add(key);
        }

        if (givenOld is not null)
            keys.Add(Read(givenOld, "RECORDING_MASTER_KEY_OLD"));
        return keys;
    }

    /// <summary>The key files, the oldest first; the last one is the current one unless one is given.</summary>
    public List<string> Files()
    {
        if (!Directory.Exists(Folder))
            return [];

        return [.. Directory.EnumerateFiles(Folder, Prefix + "*" + Suffix).Select(path => (Number: NumberOf(path), Path: path))
            .Where(file => file.Number > 0).OrderBy(file => file.Number).Select(file => file.Path)];
    }

    /// <summary>Makes the file of the next number with a new key, on the disk when it returns. It is the current one from then on.</summary>
    /// <exception cref="StorageException">It cannot be made.</exception>
    public string MakeNext()
    {
        var files = Files();
        return Make(files.Count == 0 ? 1 : NumberOf(files[^1]) + 1);
    }

    /// <summary>Wraps a key of a tenant: nonce, tag and ciphertext in base64.</summary>
    public static string Wrap(byte[] master, TenantId tenant, Guid id, byte[] secret)
    {
        var wrapped = new byte[HeadSize + secret.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceSize));
        using var aes = new AesGcm(master, TagSize);
        aes.Encrypt(wrapped.AsSpan(0, NonceSize), secret, wrapped.AsSpan(HeadSize), wrapped.AsSpan(NonceSize, TagSize), Context(tenant, id));
        return Convert.ToBase64String(wrapped);
    }

    /// <summary>The key of a tenant, or null when <paramref name="master"/> did not wrap it, or for another tenant or id.</summary>
    public static byte[]? Unwrap(byte[] master, TenantId tenant, Guid id, string text)
    {
        var wrapped = new byte[HeadSize + RecordingKey.Size + 3];
        if (!Convert.TryFromBase64String(text, wrapped, out var length) || length != HeadSize + RecordingKey.Size)
            return null;

        var secret = new byte[RecordingKey.Size];
        try
        {
            using var aes = new AesGcm(master, TagSize);
            aes.Decrypt(wrapped.AsSpan(0, NonceSize), wrapped.AsSpan(HeadSize, RecordingKey.Size), wrapped.AsSpan(NonceSize, TagSize), secret, Context(tenant, id));
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>The same with the first of many keys that fits.</summary>
    public static byte[]? Unwrap(IReadOnlyList<byte[]> masters, TenantId tenant, Guid id, string text)
    {
        foreach (var master in masters)
        {
            if (Unwrap(master, tenant, id, text) is { } secret)
                return secret;
        }

        return null;
    }

    private static byte[] Context(TenantId tenant, Guid id) => Encoding.UTF8.GetBytes($"{tenant.Value}\0{id}\0recordings");

    private static int NumberOf(string path)
    {
        var name = Path.GetFileName(path);
        return int.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private static byte[] Read(Secret text, string setting) =>
        Parse(text.Reveal()) ?? throw new StorageException($"{setting} is no key: 32 bytes in base64 or hexadecimal are expected");

    private static byte[]? Read(string file, bool mayBeGone)
    {
        try
        {
            var key = File.ReadAllBytes(file);
            return key.Length == RecordingKey.Size
                ? key
                : throw new StorageException($"{file} is not a key of {RecordingKey.Size} bytes: put the right file back (without it the recordings cannot be read)");
        }
        catch (FileNotFoundException) when (mayBeGone)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{file} cannot be read: {e.Message}", e);
        }
    }

    private string Make(int number)
    {
        var file = Path.Combine(DataDirectory.Ensure(Folder), $"{Prefix}{number}{Suffix}");
        DataDirectory.ReadOrCreate(file, () => RandomNumberGenerator.GetBytes(RecordingKey.Size));
        try
        {
            // Under its name, before anything is wrapped with it: the database must not be ahead of the disk.
            using var made = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            made.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{file} cannot be made: {e.Message}", e);
        }

        return file;
    }
}
