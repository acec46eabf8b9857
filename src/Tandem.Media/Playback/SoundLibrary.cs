using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tandem.Media.Audio;
using Tandem.Media.Playback.Music;
using Tandem.Media.Playback.Prompts;
using Tandem.Media.Playback.Reading;
using Tandem.Media.Playback.Sources;
using Tandem.Media.Playback.Speaking;
using Tandem.Media.Playback.Speech;
using Tandem.Media.Playback.Tones;

namespace Tandem.Media.Playback;

/// <summary>
/// Everything that can be played to a call: prompts of a tenant and built-in ones, sequences of them, spoken numbers, tones, music, free text. Any thread; what touches
/// the disk says so and has a form that does it on the thread pool, for callers on a shard.
/// </summary>
public sealed class SoundLibrary : IDisposable
{
    private readonly PlaybackOptions _options;
    private readonly ClipCache _clips;
    private readonly PlaybackWorker _worker;
    private readonly ConcurrentDictionary<(string Tenant, string List), MusicChannel> _channels = new();
    private readonly Lock _opening = new();

    // Clips that were needed at another rate beside prompts of that rate; they live as long as the clip that they were made of.
    private readonly ConditionalWeakTable<SoundClip, SoundClip> _otherRates = [];

    /// <param name="dataDirectory">DATA_DIR.</param>
    /// <param name="options">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="searchPath">Where speech programs are looked for; null for the PATH of the process.</param>
    /// <exception cref="ArgumentException">A value of the options cannot work; the message names it.</exception>
    public SoundLibrary(string dataDirectory, PlaybackOptions options, TimeProvider time, string? searchPath = null)
    {
        if (options.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        _options = options;
        _worker = new PlaybackWorker();
        _clips = new ClipCache(options.CacheBytes);
        Store = new SoundStore(dataDirectory, options, time);
        Speaker = new Speaker(dataDirectory, options, time, searchPath);
    }

    /// <summary>The name of the list that a tenant has without doing anything.</summary>
    public const string DefaultList = "default";

    /// <summary>What tenants uploaded.</summary>
    public SoundStore Store { get; }

    /// <summary>Speaks free text.</summary>
    public Speaker Speaker { get; }

    /// <summary>How it works at present.</summary>
    public SoundNumbers Numbers => new(_clips.Count, _clips.Bytes, _clips.Hits, _clips.Misses, _worker.Rounds, _worker.Faults, _channels.Count, Speaker.Spoken, Speaker.Hits, Speaker.Failed, Speaker.Refused, Speaker.Waiting);

    /// <summary>
    /// A prompt by its name: the tenant's own for the language (<c>LANGUAGE.NAME</c>), the tenant's own, then the built-in one. Reads the disk.
    /// </summary>
    /// <param name="tenant">Whose prompts go first.</param>
    /// <param name="name">The name.</param>
    /// <param name="language">The language; null for that of the options.</param>
    /// <param name="times">How often; 0 for without end.</param>
    public SoundResult OpenPrompt(string tenant, string name, string? language = null, int times = 1)
    {
        if (!TryOpenReader(tenant, name, language, out var clip, out var reader, out var error))
            return SoundResult.Bad(error);

        return SoundResult.Good(clip is not null ? new ClipSource(clip, times) : new FileSource(reader!, _worker, _options, times));
    }

    /// <summary>Several prompts in sequence, without gaps. Reads the disk.</summary>
    public SoundResult OpenSequence(string tenant, IReadOnlyList<string> names, string? language = null)
    {
        if (names.Count == 0 || names.Count > _options.MaxSequence)
            return SoundResult.Bad($"the sequence has {names.Count} prompts; 1 to {_options.MaxSequence} are expected");
        if (names.Count == 1)
            return OpenPrompt(tenant, names[0], language);

        // All at one rate: the highest that one of them has.
        var clips = new SoundClip?[names.Count];
        var readers = new ISoundReader?[names.Count];
        var rate = 0;
        for (var i = 0; i < names.Count; i++)
        {
            if (!TryOpenReader(tenant, names[i], language, out clips[i], out readers[i], out var error))
            {
                foreach (var reader in readers)
                    reader?.Dispose();
                return SoundResult.Bad(error);
            }

            rate = Math.Max(rate, clips[i]?.SampleRate ?? readers[i]!.SampleRate);
        }

        var parts = new IAudioSource[names.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = clips[i] is { } clip
                ? new ClipSource(AtRate(clip, rate))
                : new FileSource(RateReader.To(readers[i]!, rate), _worker, _options);
        }

        return SoundResult.Good(new SequenceSource(parts));
    }

    /// <summary>
    /// <see cref="OpenPrompt"/> at a rate that is asked for, so that prompts of all kinds go into one sequence. Reads the disk.
    /// </summary>
    public SoundResult OpenPromptAt(string tenant, string name, string? language, int rate, int times = 1) =>
        TryOpenReader(tenant, name, language, out var clip, out var reader, out var error) ? AtRate(clip, reader, rate, times) : SoundResult.Bad(error);

    /// <summary>A sound that is no prompt, from a stream that can seek; it is read while it is played, and closed then. Reads the stream.</summary>
    public SoundResult OpenStreamAt(Stream stream, int rate)
    {
        if (SoundFile.TryOpen(stream, _options, null, out var reader, out var error))
            return AtRate(null, reader, rate, 1);

        stream.Dispose();
        return SoundResult.Bad(error);
    }

    /// <summary><see cref="SayAsync"/> at a rate that is asked for.</summary>
    public async Task<SoundResult> SayAtAsync(string text, int rate, string? voice = null, CancellationToken cancellation = default)
    {
        var said = await Speaker.SayAsync(text, voice, cancellation).ConfigureAwait(false);
        if (said.Path is not { } path)
            return SoundResult.Bad(said.Error);

        return TryOpenFile(path, out var clip, out var reader, out var error) ? AtRate(clip, reader, rate, 1) : SoundResult.Bad(error);
    }

    /// <summary>How and what it plays.</summary>
    public PlaybackOptions Options => _options;

    /// <summary><see cref="OpenPrompt"/> on the thread pool.</summary>
    public Task<SoundResult> OpenPromptAsync(string tenant, string name, string? language = null, int times = 1) =>
        Task.Run(() => OpenPrompt(tenant, name, language, times));

    /// <summary><see cref="OpenSequence"/> on the thread pool.</summary>
    public Task<SoundResult> OpenSequenceAsync(string tenant, IReadOnlyList<string> names, string? language = null) =>
        Task.Run(() => OpenSequence(tenant, names, language));

    /// <summary>The grammar of a language; null when it is not known.</summary>
    public SpokenLanguage? Language(string? tag = null) => SpokenLanguages.Find(tag ?? _options.Language);

    /// <summary>A tone of a country.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="country">Letters of ISO 3166; null for the country of the options.</param>
    /// <param name="sampleRate">Hertz; 8000 holds every tone.</param>
    /// <param name="times">How often its pattern is played; 0 for without end.</param>
    public SoundResult OpenTone(ToneKind kind, string? country = null, int sampleRate = 8_000, int times = 0) =>
        ToneTable.Find(country ?? _options.ToneCountry) is { } tones
            ? SoundResult.Good(new ToneSource(tones[kind], sampleRate, _options.ToneLevel, times))
            : SoundResult.Bad($"the tones of the country '{country}' are not known");

    /// <summary>
    /// Music on hold, without end: a list of the tenant, and for <see cref="DefaultList"/> the built-in music when the tenant has no list of that name. Reads the disk when nobody listens to
    /// the list yet.
    /// </summary>
    public SoundResult OpenMusic(string tenant, string list = DefaultList)
    {
        if (!_options.SharedMusic)
            return MakeMusic(tenant, list) is { } own ? SoundResult.Good(new FileSource(own, _worker, _options with { MaxDuration = TimeSpan.FromDays(365) })) : NoMusic(list);

        lock (_opening)
        {
            if (_channels.TryGetValue((tenant, list), out var channel) && !channel.IsEnded)
                return SoundResult.Good(new MusicSource(channel));

            if (MakeMusic(tenant, list) is not { } reader)
                return NoMusic(list);

            channel?.Retire();
            channel = new MusicChannel(reader, _worker, (int)(_options.ReadAhead.TotalSeconds * reader.SampleRate));
            _channels[(tenant, list)] = channel;
            return SoundResult.Good(new MusicSource(channel));
        }
    }

    /// <summary>Hertz of all music on hold.</summary>
    public int MusicRate => Math.Min(DefaultMusic.SampleRate, _options.MaxSampleRate);

    /// <summary><see cref="OpenMusic"/> on the thread pool.</summary>
    public Task<SoundResult> OpenMusicAsync(string tenant, string list = DefaultList) => Task.Run(() => OpenMusic(tenant, list));

    /// <summary>Forgets the channel of a list that was changed, so that who is put on hold next hears the list as it is. Who listens goes on.</summary>
    public void MusicChanged(string tenant, string list)
    {
        lock (_opening)
        {
            if (_channels.TryRemove((tenant, list), out var channel))
                channel.Retire();
        }
    }

    /// <summary>Removes what a tenant uploaded. Who listens hears the music that is open to its end.</summary>
    /// <exception cref="IOException">Some could not be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">Some could not be removed.</exception>
    public void RemoveTenant(string tenant)
    {
        Store.RemoveTenant(tenant);
        foreach (var (owner, list) in _channels.Keys)
        {
            if (owner == tenant)
                MusicChanged(owner, list);
        }
    }

    /// <summary>Free text, spoken by a program of this machine.</summary>
    public async Task<SoundResult> SayAsync(string text, string? voice = null, CancellationToken cancellation = default)
    {
        var said = await Speaker.SayAsync(text, voice, cancellation).ConfigureAwait(false);
        if (said.Path is not { } path)
            return SoundResult.Bad(said.Error);

        return TryOpenFile(path, out var clip, out var reader, out var error)
            ? SoundResult.Good(clip is not null ? new ClipSource(clip) : new FileSource(reader!, _worker, _options))
            : SoundResult.Bad(error);
    }

    public void Dispose()
    {
        _worker.Dispose();
        Store.Dispose();
        Speaker.Dispose();
    }

    private static SoundResult NoMusic(string list) => SoundResult.Bad($"there is no list of music '{list}'");

    private ISoundReader? MakeMusic(string tenant, string list)
    {
        if (Store.Music(tenant, list) is { } folder && folder.Names().Count > 0)
            return new ListReader(folder, _options, Math.Min(16_000, _options.MaxSampleRate));

        return list == DefaultList
            ? RateReader.Adapt(new LoopReader(new ClipReader(DefaultMusic.Clip, "built in")), _options.MaxSampleRate)
            : null;
    }

    private bool TryOpenReader(string tenant, string name, string? language, out SoundClip? clip, out ISoundReader? reader, out string error)
    {
        (clip, reader) = (null, null);
        language ??= _options.Language;
        if (!SoundName.IsValid(name) || !SoundName.IsValid(language))
        {
            error = "the name of the prompt is not accepted: " + SoundName.Accepts;
            return false;
        }

        var own = Store.Prompts(tenant);
        if ((own.PathOf($"{language}.{name}") ?? own.PathOf(name)) is { } path)
            return TryOpenFile(path, out clip, out reader, out error);

        var key = new ClipKey($"{language}/{name}", 0, 0, 0);
        if ((clip = _clips.Find(key)) is not null)
        {
            error = "";
            return true;
        }

        if (BuiltInPrompts.Open(language, name) is not { } stream)
        {
            error = $"there is no prompt '{name}' in the language '{language}'";
            return false;
        }

        if (!SoundFile.TryOpen(stream, _options, null, out reader, out error))
            return false;

        clip = Decode(reader!);
        reader = null;
        _clips.Add(key, clip);
        return true;
    }

    // A short file becomes a clip that is kept; a long one is read while it plays.
    private bool TryOpenFile(string path, out SoundClip? clip, out ISoundReader? reader, out string error)
    {
        (clip, reader) = (null, null);
        try
        {
            var file = new FileInfo(path);
            var key = new ClipKey(path, file.Exists ? file.Length : 0, file.LastWriteTimeUtc.Ticks, 0);
            if ((clip = _clips.Find(key)) is not null)
            {
                error = "";
                return true;
            }

            if (!SoundFile.TryOpen(path, _options, out reader, out error))
                return false;
            if (reader!.Info.Duration is not { } duration || duration > _options.MaxClip)
                return true;

            clip = Decode(reader);
            reader = null;
            _clips.Add(key, clip);
            return true;
        }
        catch (IOException e)
        {
            reader?.Dispose();
            reader = null;
            error = $"the file cannot be read: {e.Message}";
            return false;
        }
    }

    private SoundResult AtRate(SoundClip? clip, ISoundReader? reader, int rate, int times) => SoundResult.Good(
        clip is not null ? new ClipSource(AtRate(clip, rate), times) : new FileSource(RateReader.To(reader!, rate), _worker, _options, times));

    private SoundClip AtRate(SoundClip clip, int rate)
    {
        if (clip.SampleRate == rate)
            return clip;
        if (_otherRates.TryGetValue(clip, out var other) && other.SampleRate == rate)
            return other;

        other = Decode(RateReader.To(new ClipReader(clip, ""), rate));
        _otherRates.AddOrUpdate(clip, other);
        return other;
    }

    // At most a second more than a clip may have: what a file claims about its length need not be true.
    private SoundClip Decode(ISoundReader reader)
    {
        using (reader)
        {
            var most = (long)((_options.MaxClip.TotalSeconds + 1) * reader.SampleRate);
            var samples = new short[4_096];
            var length = 0;
            int count;
            while (length < most && (count = reader.Read(samples.AsSpan(length))) > 0)
            {
                length += count;
                if (length == samples.Length)
                    Array.Resize(ref samples, samples.Length * 2);
            }

            return new SoundClip(samples.AsMemory(0, length).ToArray(), reader.SampleRate);
        }
    }
}
