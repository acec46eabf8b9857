using System.Security.Cryptography;

namespace Tandem.Storage.Database;

/// <summary>Makes DATA_DIR and the small files in it that are written once.</summary>
internal static class DataDirectory
{
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The directory as an absolute path, made with mode 0700 when it was missing.</summary>
    /// <exception cref="StorageException">It cannot be made.</exception>
    public static string Ensure(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(full);
            else if (!Directory.Exists(full))
                Directory.CreateDirectory(full, PrivateDirectory);
            return full;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"DATA_DIR {full} cannot be made: {e.Message}", e);
        }
    }

    /// <summary>
    /// The content of a file, written by <paramref name="make"/> when it is missing: mode 0600, whole or not at all, and when two
    /// processes start at once both read what the first wrote.
    /// </summary>
    /// <exception cref="StorageException">It can neither be read nor written.</exception>
    public static byte[] ReadOrCreate(string path, Func<byte[]> make)
    {
        try
        {
            if (!File.Exists(path))
                Create(path, make());
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path} cannot be read or made: {e.Message}", e);
        }
    }

    private static void Create(string path, byte[] content)
    {
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = PrivateFile;

        using (var file = new FileStream(draft, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
