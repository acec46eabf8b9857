using System.Collections.Concurrent;

namespace Tandem.Media.Playback.Prompts;

/// <summary>
/// The sounds that tenants uploaded, below DATA_DIR: <c>prompts/TENANT/NAME</c> and <c>music/TENANT/LIST/NAME</c>. Any thread; it works on the disk.
/// </summary>
public sealed class SoundStore : IDisposable
{
    private readonly string _prompts;
    private readonly string _music;
    private readonly PlaybackOptions _options;
    private readonly TimeProvider _time;

    // One upload takes its place at a time, so that the limits are exact.
    private readonly SemaphoreSlim _placing = new(1);
    private readonly ConcurrentDictionary<string, SoundFolder> _promptFolders = new(StringComparer.Ordinal);

    /// <param name="dataDirectory">DATA_DIR.</param>
    /// <param name="options">The limits.</param>
    /// <param name="time">The age of what is left over.</param>
    public SoundStore(string dataDirectory, PlaybackOptions options, TimeProvider time)
    {
        var root = Path.GetFullPath(dataDirectory);
        _prompts = Path.Combine(root, "prompts");
        _music = Path.Combine(root, "music");
        _options = options;
        _time = time;
    }

    /// <summary>The prompts of a tenant.</summary>
    /// <exception cref="ArgumentException">The tenant's name is none.</exception>
    public SoundFolder Prompts(string tenant) => _promptFolders.GetOrAdd(Checked(tenant), (name, store) => new SoundFolder(Path.Combine(store._prompts, name), store._options, store._time), this);

    /// <summary>The pieces of a list of music; null when the name cannot be one. The list exists when it has pieces.</summary>
    public SoundFolder? Music(string tenant, string list)
    {
        var tenantFolder = Path.Combine(_music, Checked(tenant));
        return SoundName.IsValid(list) && !SoundFolder.IsLink(tenantFolder) ? new SoundFolder(Path.Combine(tenantFolder, list), _options, _time) : null;
    }

    /// <summary>The lists of music that have pieces, in order.</summary>
    public IReadOnlyList<string> MusicLists(string tenant)
    {
        var folder = new DirectoryInfo(Path.Combine(_music, Checked(tenant)));
        if (!folder.Exists || folder.LinkTarget is not null)
            return [];

        return [.. folder.EnumerateDirectories().Where(list => SoundName.IsValid(list.Name) && list.LinkTarget is null && Music(tenant, list.Name)!.Names().Count > 0)
            .Select(list => list.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>Stores a prompt.</summary>
    public Task<SaveResult> SavePromptAsync(string tenant, string name, Stream content, CancellationToken cancellation)
    {
        var folder = Prompts(tenant);
        return SaveAsync(tenant, folder, name, content, (isNew, count) =>
            isNew && count >= _options.MaxPrompts ? $"there are {count} prompts, and more than {_options.MaxPrompts} are not kept" : null, cancellation);
    }

    /// <summary>Stores a piece of a list of music; the list comes into being with its first one.</summary>
    public async Task<SaveResult> SaveMusicAsync(string tenant, string list, string name, Stream content, CancellationToken cancellation)
    {
        if (Music(tenant, list) is not { } folder)
            return new SaveResult(SaveError.BadName, "the name of the list is not accepted: " + SoundName.Accepts);

        var saved = await SaveAsync(tenant, folder, name, content, (isNew, count) =>
        {
            if (isNew && count >= _options.MaxMusicFiles)
                return $"the list has {count} pieces, and more than {_options.MaxMusicFiles} are not kept";
            if (count == 0 && MusicLists(tenant).Count >= _options.MaxMusicLists)
                return $"there are {_options.MaxMusicLists} lists, and more are not kept";
            return null;
        }, cancellation);
        if (saved.Error != SaveError.None)
            RemoveWhenEmpty(Path.Combine(_music, tenant, list));
        return saved;
    }

    /// <summary>Removes a piece of a list of music; the list goes with its last one.</summary>
    public bool RemoveMusic(string tenant, string list, string name)
    {
        if (Music(tenant, list)?.Remove(name) is not true)
            return false;

        RemoveWhenEmpty(Path.Combine(_music, tenant, list));
        return true;
    }

    /// <summary>Removes all sounds of a tenant; a name under which none are stored has none.</summary>
    /// <exception cref="IOException">Some could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">Some could not be removed.</exception>
    public void RemoveTenant(string tenant)
    {
        if (!SoundName.IsValid(tenant))
            return;

        foreach (var folder in new[] { Path.Combine(_prompts, tenant), Path.Combine(_music, tenant) })
        {
            // Of a link the link alone goes, and not what it leads to.
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Bytes of all sounds of a tenant.</summary>
    public long Bytes(string tenant) => Prompts(tenant).Bytes() + MusicLists(tenant).Sum(list => Music(tenant, list)!.Bytes());

    public void Dispose() => _placing.Dispose();

    private static string Checked(string tenant) =>
        SoundName.IsValid(tenant) ? tenant : throw new ArgumentException("no name of a tenant", nameof(tenant));

    private Task<SaveResult> SaveAsync(
        string tenant, SoundFolder folder, string name, Stream content, Func<bool, int, string?> room, CancellationToken cancellation) =>
        folder.SaveAsync(
            name, content, _placing,
            (bytes, isNew) => Bytes(tenant) + bytes > _options.MaxTenantBytes
                ? $"the sounds would have more than {_options.MaxTenantBytes} bytes together"
                : room(isNew, folder.Names().Count),
            cancellation);

    private static void RemoveWhenEmpty(string path)
    {
        try
        {
            if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
                Directory.Delete(path);
        }
        catch (IOException)
        {
            // Somebody has put something into it meanwhile: it stays.
        }
    }
}
