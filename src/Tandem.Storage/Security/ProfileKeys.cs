using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Tandem.Storage.Database;

namespace Tandem.Storage.Security;

/// <summary>
/// The keys that passwords and client keys of SIP profiles are sealed with since the first <c>tandem profiles rotate-key</c>; before that it is the
/// key of all secrets. Files <c>DATA_DIR/keys/profiles-N.key</c> of 32 bytes, N from 2 to 255, which is the key id in what they sealed. The highest one
/// seals; a rotation in another process is noticed at once. Thread-safe.
/// </summary>
/// <param name="folder">DATA_DIR/keys.</param>
internal sealed class ProfileKeys(string folder)
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 32;

    private const int First = 2;
    private const string Prefix = "profiles-";
    private const string Suffix = ".key";

    private readonly ConcurrentDictionary<byte, byte[]> _read = new();

    /// <summary>True for what is sealed with these keys.</summary>
    public static bool Covers(string purpose) => purpose is Purpose or KeyPurpose;

    /// <summary>What the passwords of profiles are sealed for.</summary>
    public const string Purpose = "sip-profile";

    /// <summary>What the keys of their client certificates are sealed for.</summary>
    public const string KeyPurpose = "sip-profile-tls";

    /// <summary>The ids of the keys at hand, the oldest first.</summary>
    public List<byte> Ids()
    {
        if (!Directory.Exists(folder))
            return [];

        return [.. Directory.EnumerateFiles(folder, Prefix + "*" + Suffix).Select(NumberOf).Where(number => number is >= First and <= byte.MaxValue).Order().Select(number => (byte)number)];
    }

    /// <summary>The key that seals; null before the first rotation.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public (byte Id, byte[] Key)? Current() => Ids() is [.., var last] ? (last, Find(last) ?? throw Unreadable(FileOf(last))) : null;

    /// <summary>A key; null when its file is not there.</summary>
    /// <exception cref="StorageException">It is no key.</exception>
    public byte[]? Find(byte id)
    {
        if (_read.TryGetValue(id, out var known))
            return known;

        var file = FileOf(id);
        try
        {
            var key = File.ReadAllBytes(file);
            return key.Length == Size ? _read[id] = key : throw Unreadable(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Makes the next key, on the disk when it returns. It is the one that seals from then on.</summary>
    /// <exception cref="StorageException">It cannot be made.</exception>
    public byte MakeNext()
    {
        var id = Ids() is [.., var last] ? last + 1 : First;
        if (id > byte.MaxValue)
            throw new StorageException("there is no number left for another key of SIP profiles");

        DataDirectory.ReadOrCreate(FileOf((byte)id), () => RandomNumberGenerator.GetBytes(Size));
        return (byte)id;
    }

    /// <summary>Removes a key that nothing needs any more.</summary>
    /// <exception cref="StorageException">Its file cannot be removed.</exception>
    public void Remove(byte id)
    {
        try
        {
            File.Delete(FileOf(id));
            _read.TryRemove(id, out _);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"everything is sealed anew, but {FileOf(id)} cannot be removed: {e.Message}", e);
        }
    }

    /// <summary>The file of a key.</summary>
    public string FileOf(byte id) => Path.Combine(folder, $"{Prefix}{id.ToString(CultureInfo.InvariantCulture)}{Suffix}");

    private static StorageException Unreadable(string file) => new($"{file} is not a key of {Size} bytes: put the right file back (without it the passwords of SIP profiles cannot be read)");

    private static int NumberOf(string path)
    {
        var name = Path.GetFileName(path);
        return int.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
