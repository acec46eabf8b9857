using System.Security.Cryptography;
using Tandem.Media.Playback.Reading;

namespace Tandem.Media.Playback.Prompts;

/// <summary>
/// One folder of sound files, each under its name. What is stored was read first and is sound; it appears whole or not at all. Links are not followed: a
/// file that is one is not there. Any thread; it works on the disk.
/// </summary>
public sealed class SoundFolder
{
    private const string DraftPrefix = ".draft-";
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>So much of an upload is decoded before it is accepted; the rest is of the same stream.</summary>
    private static readonly TimeSpan Tried = TimeSpan.FromSeconds(30);

    /// <summary>A draft of that age belongs to a process that is gone.</summary>
    private static readonly TimeSpan DraftAge = TimeSpan.FromHours(1);

    private readonly string _path;
    private readonly PlaybackOptions _options;
    private readonly TimeProvider _time;

    internal SoundFolder(string path, PlaybackOptions options, TimeProvider time)
    {
        _path = path;
        _options = options;
        _time = time;
    }

    /// <summary>The path of the sound of that name; null when there is none.</summary>
    public string? PathOf(string name)
    {
        if (!SoundName.IsValid(name) || IsLink(_path))
            return null;

        var file = new FileInfo(Path.Combine(_path, name));
        return IsFile(file) ? file.FullName : null;
    }

    /// <summary>The names that there are, in order.</summary>
    public IReadOnlyList<string> Names()
    {
        var folder = new DirectoryInfo(_path);
        if (!folder.Exists || folder.LinkTarget is not null)
            return [];

        return [.. folder.EnumerateFiles().Where(file => SoundName.IsValid(file.Name) && IsFile(file)).Select(file => file.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>What is known of a sound; null when there is none, or when it can no longer be read.</summary>
    public StoredSound? Find(string name)
    {
        if (PathOf(name) is not { } path || !SoundFile.TryOpen(path, _options, out var reader, out _))
            return null;

        using (reader)
            return Describe(name, path, reader!);
    }

    /// <summary>Bytes of all sounds in the folder.</summary>
    public long Bytes()
    {
        var folder = new DirectoryInfo(_path);
        return folder.Exists && folder.LinkTarget is null ? folder.EnumerateFiles().Where(file => SoundName.IsValid(file.Name) && IsFile(file)).Sum(file => file.Length) : 0;
    }

    /// <summary>Removes a sound; false when there is none. Who plays it hears it to its end.</summary>
    public bool Remove(string name)
    {
        if (PathOf(name) is not { } path)
            return false;

        File.Delete(path);
        return true;
    }

    /// <summary>Stores a sound under a name, in the place of the one that had it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="content">The file; it is read to its end or to the limit.</param>
    /// <param name="placing">One sound at a time takes its place, so that limits are exact.</param>
    /// <param name="room">Asked before the sound takes its place: its size and whether it is a new one; a reason against it, or null.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<SaveResult> SaveAsync(string name, Stream content, SemaphoreSlim placing, Func<long, bool, string?> room, CancellationToken cancellation)
    {
        if (!SoundName.IsValid(name))
            return new SaveResult(SaveError.BadName, "the name is not accepted: " + SoundName.Accepts);

        var draft = Path.Combine(_path, DraftPrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        try
        {
            if (IsLink(_path))
                return new SaveResult(SaveError.Disk, "the folder of the sounds is a link");

            Make(_path);
            RemoveOldDrafts();
            var bytes = await WriteAsync(draft, content, cancellation);
            if (bytes > _options.MaxUploadBytes)
                return new SaveResult(SaveError.TooLarge, $"the file has more than {_options.MaxUploadBytes} bytes");

            if (Check(draft) is { } problem)
                return new SaveResult(SaveError.BadContent, problem);

            await placing.WaitAsync(cancellation);
            try
            {
                var place = Path.Combine(_path, name);
                var isNew = !File.Exists(place);
                if (room(bytes, isNew) is { } reason)
                    return new SaveResult(SaveError.Full, reason);

                File.Move(draft, place, overwrite: true);
                return new SaveResult(SaveError.None, "", Find(name), isNew);
            }
            finally
            {
                placing.Release();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SaveResult(SaveError.Disk, "the file cannot be stored: " + e.Message);
        }
        finally
        {
            TryDelete(draft);
        }
    }

    /// <summary>Makes a folder that only we can read.</summary>
    internal static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, PrivateFolder);
    }

    internal static bool IsLink(string path) => new DirectoryInfo(path).LinkTarget is not null;

    private static bool IsFile(FileInfo file) => file.Exists && file.LinkTarget is null && (file.Attributes & FileAttributes.Directory) == 0;

    private static StoredSound Describe(string name, string path, ISoundReader reader)
    {
        var file = new FileInfo(path);
        return new StoredSound(
            name, reader.Info.Kind, file.Length, reader.Info.SampleRate, reader.Info.Channels, reader.Info.Duration ?? TimeSpan.Zero,
            new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));
    }

    private async Task<long> WriteAsync(string draft, Stream content, CancellationToken cancellation)
    {
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.Asynchronous, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = PrivateFile;

        await using var file = new FileStream(draft, how);
        var buffer = new byte[64 << 10];
        long bytes = 0;
        int read;
        while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
        {
            bytes += read;
            if (bytes > _options.MaxUploadBytes)
                return bytes;

            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }

        file.Flush(flushToDisk: true);
        return bytes;
    }

    // Null when the file is sound.
    private string? Check(string path)
    {
        if (!SoundFile.TryOpen(path, _options, out var reader, out var error))
            return error;

        using (reader)
        {
            var samples = new short[4_096];
            long heard = 0;
            var enough = (long)(Tried.TotalSeconds * reader!.SampleRate);
            while (heard < enough && reader.Read(samples) is > 0 and var count)
                heard += count;
            if (heard == 0)
                return "the file contains no sound";
            if (reader.Info.Duration is { } duration && duration > _options.MaxDuration)
                return $"the file lasts {duration:c}; at most {_options.MaxDuration:c} is accepted";
            return null;
        }
    }

    private void RemoveOldDrafts()
    {
        foreach (var file in new DirectoryInfo(_path).EnumerateFiles(DraftPrefix + "*"))
        {
            if (_time.GetUtcNow() - file.LastWriteTimeUtc > DraftAge)
                TryDelete(file.FullName);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has a name that nobody plays, and goes with the old drafts.
        }
    }
}
