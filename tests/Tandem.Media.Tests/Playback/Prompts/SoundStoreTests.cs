namespace Tandem.Media.Playback.Prompts;

public sealed class SoundStoreTests : IDisposable
{
    private static readonly byte[] Tone = Sounds.ToneWav(440, 0.5);

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_prompt_is_stored_found_replaced_and_removed()
    {
        using var store = Store();
        var saved = await Save(store, "hello", Tone);
        Assert.Equal((SaveError.None, true), (saved.Error, saved.IsNew));
        Assert.Equal(("hello", "WAV, 16-bit PCM", (long)Tone.Length, 8_000, 1, TimeSpan.FromSeconds(0.5)),
            (saved.Sound!.Name, saved.Sound.Kind, saved.Sound.Bytes, saved.Sound.SampleRate, saved.Sound.Channels, saved.Sound.Duration));
        var prompts = store.Prompts("default");
        Assert.Equal(["hello"], prompts.Names());
        Assert.Equal(Tone, File.ReadAllBytes(prompts.PathOf("hello")!));

        saved = await Save(store, "hello", Sounds.ToneWav(440, 1, 16_000));
        Assert.False(saved.IsNew);
        Assert.Equal(16_000, prompts.Find("hello")!.SampleRate);
        Assert.True(prompts.Remove("hello"));
        Assert.False(prompts.Remove("hello"));
        Assert.Null(prompts.Find("hello"));
        Assert.Empty(prompts.Names());
        Assert.Empty(Files());
    }

    [Fact]
    public async Task All_sounds_of_a_tenant_go_at_once_and_those_of_others_stay()
    {
        using var store = Store();
        foreach (var tenant in new[] { "one", "two" })
        {
            await store.SavePromptAsync(tenant, "hello", new MemoryStream(Tone), default);
            await store.SaveMusicAsync(tenant, "calm", "piece", new MemoryStream(Tone), default);
        }

        // Somebody made a link of a folder: what it leads to is not the tenant's.
        Directory.CreateSymbolicLink(Path.Combine(_folder, "music", "one", "linked"), Path.Combine(_folder, "music", "two"));
        foreach (var tenant in new[] { "one", "one", "", ".", "..", "../two", "two/..", "-" })
            store.RemoveTenant(tenant);
        Assert.Equal(
            [Path.Combine(_folder, "music", "two", "calm", "piece"), Path.Combine(_folder, "prompts", "two", "hello")],
            Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Order());
        Assert.Equal((0, Tone.Length * 2), (store.Bytes("one"), store.Bytes("two")));
    }

    [Fact]
    public async Task Tenants_see_their_own_only()
    {
        using var store = Store();
        await store.SavePromptAsync("one", "hello", new MemoryStream(Tone), default);
        Assert.Null(store.Prompts("two").PathOf("hello"));
        foreach (var tenant in new[] { "", "..", "../one", "one/..", "ONE", "a\0" })
            Assert.Throws<ArgumentException>(() => store.Prompts(tenant));
    }

    [Fact]
    public async Task Only_sound_is_stored_and_nothing_is_left_of_the_rest()
    {
        using var store = Store(new PlaybackOptions { MaxUploadBytes = 20_000 });
        Assert.Equal(SaveError.BadContent, (await Save(store, "a", "<html>"u8.ToArray())).Error);
        Assert.Equal(SaveError.BadContent, (await Save(store, "a", [])).Error);
        Assert.Equal((SaveError.BadContent, "the file contains no sound"), (await Save(store, "a", Sounds.Wav([])) is var empty ? (empty.Error, empty.Text) : default));
        Assert.Equal(SaveError.TooLarge, (await Save(store, "a", Sounds.Wav(new byte[20_000]))).Error);
        Assert.Equal(SaveError.BadName, (await Save(store, "../a", Tone)).Error);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task A_bad_upload_leaves_the_old_prompt_as_it_was()
    {
        using var store = Store();
        await Save(store, "a", Tone);
        Assert.Equal(SaveError.BadContent, (await Save(store, "a", "junk"u8.ToArray())).Error);
        await Assert.ThrowsAnyAsync<Exception>(() => store.SavePromptAsync("default", "a", new BrokenStream(Tone), default));
        Assert.Equal(Tone, File.ReadAllBytes(store.Prompts("default").PathOf("a")!));
        Assert.Single(Files());
    }

    [Fact]
    public async Task The_limits_hold_also_when_all_come_at_once()
    {
        using var store = Store(new PlaybackOptions { MaxPrompts = 3, MaxTenantBytes = 1 << 20 });
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Save(store, "p" + i, Tone))));
        Assert.Equal(3, all.Count(saved => saved.Error == SaveError.None));
        Assert.All(all.Where(saved => saved.Error != SaveError.None), saved => Assert.Equal(SaveError.Full, saved.Error));
        Assert.Equal(3, Files().Length);

        // One that is there may still be replaced.
        Assert.Equal(SaveError.None, (await Save(store, store.Prompts("default").Names()[0], Tone)).Error);

        using var small = Store(new PlaybackOptions { MaxTenantBytes = (Tone.Length * 4) + 10 });
        Assert.Equal(SaveError.None, (await small.SaveMusicAsync("default", "list", "a", new MemoryStream(Tone), default)).Error);
        Assert.Equal(SaveError.Full, (await Save(small, "x", Tone)).Error);
    }

    // What is not ours in the folder is not there: links to files, to folders, folders, pipes by name, hidden files.
    [Fact]
    public async Task Links_are_not_followed()
    {
        using var store = Store();
        await Save(store, "own", Tone);
        var folder = Path.Combine(_folder, "prompts", "default");
        var outside = Path.Combine(_folder, "outside.wav");
        File.WriteAllBytes(outside, Tone);
        File.CreateSymbolicLink(Path.Combine(folder, "link"), outside);
        File.CreateSymbolicLink(Path.Combine(folder, "dangling"), Path.Combine(_folder, "absent"));
        Directory.CreateDirectory(Path.Combine(folder, "folder"));
        File.WriteAllBytes(Path.Combine(folder, ".hidden"), Tone);
        var prompts = store.Prompts("default");
        Assert.Equal(["own"], prompts.Names());
        foreach (var name in new[] { "link", "dangling", "folder", ".hidden", "../default/own", "own/../own" })
        {
            Assert.Null(prompts.PathOf(name));
            Assert.Null(prompts.Find(name));
            Assert.False(prompts.Remove(name));
        }

        // A new sound takes the place of the link and not of what it leads to.
        Assert.Equal(SaveError.None, (await Save(store, "link", Sounds.ToneWav(500, 1))).Error);
        Assert.Equal(Tone, File.ReadAllBytes(outside));
        Assert.Equal(SaveError.Disk, (await Save(store, "folder", Tone)).Error);

        // A tenant whose folder is a link to elsewhere has nothing.
        Directory.CreateSymbolicLink(Path.Combine(_folder, "prompts", "other"), folder);
        Assert.Empty(store.Prompts("other").Names());
        Assert.Null(store.Prompts("other").PathOf("own"));
        Assert.Equal(SaveError.Disk, (await store.SavePromptAsync("other", "new", new MemoryStream(Tone), default)).Error);
        Assert.False(File.Exists(Path.Combine(folder, "new")));
    }

    [Fact]
    public async Task Lists_of_music_come_and_go_with_their_pieces()
    {
        using var store = Store(new PlaybackOptions { MaxMusicLists = 2, MaxMusicFiles = 2 });
        Assert.Empty(store.MusicLists("default"));
        Assert.Equal(SaveError.None, (await SaveMusic(store, "calm", "b")).Error);
        Assert.Equal(SaveError.None, (await SaveMusic(store, "calm", "a")).Error);
        Assert.Equal(SaveError.Full, (await SaveMusic(store, "calm", "c")).Error);
        Assert.Equal(SaveError.None, (await SaveMusic(store, "loud", "a")).Error);
        Assert.Equal(SaveError.Full, (await SaveMusic(store, "third", "a")).Error);
        Assert.Equal(SaveError.BadName, (await SaveMusic(store, "..", "a")).Error);
        Assert.Equal(["calm", "loud"], store.MusicLists("default"));
        Assert.Equal(["a", "b"], store.Music("default", "calm")!.Names());
        Assert.Equal(3 * Tone.Length, store.Bytes("default"));
        Assert.True(store.RemoveMusic("default", "loud", "a"));
        Assert.False(store.RemoveMusic("default", "loud", "a"));
        Assert.False(store.RemoveMusic("default", "..", "a"));
        Assert.Equal(["calm"], store.MusicLists("default"));
        Assert.Equal(["calm"], Directory.GetDirectories(Path.Combine(_folder, "music", "default")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Files_are_for_this_user_only_and_old_drafts_are_swept()
    {
        using var store = Store();
        await Save(store, "a", Tone);
        var folder = Path.Combine(_folder, "prompts", "default");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "a")));
        var old = Path.Combine(folder, ".draft-0001");
        var young = Path.Combine(folder, ".draft-0002");
        File.WriteAllBytes(old, Tone);
        File.WriteAllBytes(young, Tone);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        await Save(store, "b", Tone);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    private static Task<SaveResult> Save(SoundStore store, string name, byte[] content) => store.SavePromptAsync("default", name, new MemoryStream(content), default);

    private static Task<SaveResult> SaveMusic(SoundStore store, string list, string name) => store.SaveMusicAsync("default", list, name, new MemoryStream(Tone), default);

    private SoundStore Store(PlaybackOptions? options = null) => new(_folder, options ?? new PlaybackOptions(), TimeProvider.System);

    private string[] Files() => Directory.GetFiles(_folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });

    /// <summary>A connection that breaks in the middle.</summary>
    private sealed class BrokenStream(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > 1_000)
                throw new OperationCanceledException();
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 900)], cancellationToken);
        }
    }
}
