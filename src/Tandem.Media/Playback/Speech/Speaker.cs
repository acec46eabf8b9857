using System.Security.Cryptography;

namespace Tandem.Media.Playback.Speech;

/// <summary>
/// Speaks free text with a program of this machine, when there is one. Bounded in length, time, number at once and files kept; what was spoken before is
/// not spoken again. Any thread.
/// </summary>
public sealed class Speaker : IDisposable
{
    private readonly PlaybackOptions _options;
    private readonly TimeProvider _time;
    private readonly SpeechTool? _tool;
    private readonly string _absent;
    private readonly string _folder;
    private readonly SpeechCache _cache;
    private readonly SemaphoreSlim _places;
    private int _waiting;
    private long _spoken;
    private long _hits;
    private long _failed;
    private long _refused;

    /// <param name="dataDirectory">DATA_DIR; files go to its folder <c>speech</c>.</param>
    /// <param name="options">The limits, and which program.</param>
    /// <param name="time">The age of files, and how long the program may take.</param>
    /// <param name="searchPath">Where programs are looked for; null for that of the process.</param>
    public Speaker(string dataDirectory, PlaybackOptions options, TimeProvider time, string? searchPath = null)
    {
        _options = options;
        _time = time;
        _tool = SpeechTool.Find(options.SpeechTool, searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "", out _absent);
        _folder = Path.Combine(Path.GetFullPath(dataDirectory), "speech");
        _cache = new SpeechCache(_folder, options.SpeechCacheBytes);
        _places = new SemaphoreSlim(options.SpeechConcurrency);
    }

    /// <summary>The program; null when there is none.</summary>
    public SpeechTool? Tool => _tool;

    /// <summary>Why there is no program; empty when there is one.</summary>
    public string WhyAbsent => _absent;

    /// <summary>Texts that the program spoke.</summary>
    public long Spoken => Volatile.Read(ref _spoken);

    /// <summary>Texts that were there already.</summary>
    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Texts with which the program failed or took too long.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Texts that were not tried: too long, nothing to say, or too many waiting.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Texts that wait or are being spoken.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Speaks a text.</summary>
    /// <param name="text">Plain text; mark-up is not understood.</param>
    /// <param name="voice">A voice of the program; null for the one of the options.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<SpeechResult> SayAsync(string text, string? voice, CancellationToken cancellation)
    {
        if (_tool is not { } tool)
            return Refuse(_absent);
        if (SpeechText.Clean(text, _options.MaxSpeechCharacters, out var error) is not { } clean)
            return Refuse(error);

        voice ??= _options.SpeechVoice;
        if (voice.Length > 0 && !IsVoice(voice))
            return Refuse("the name of the voice is not accepted: letters, digits, underscore and dash");

        var path = _cache.PathOf(tool, voice, clean);
        if (SpeechCache.Has(path, _time.GetUtcNow()))
        {
            Interlocked.Increment(ref _hits);
            return new SpeechResult(path, "");
        }

        if (Interlocked.Increment(ref _waiting) > _options.SpeechConcurrency + _options.MaxSpeechQueue)
        {
            Interlocked.Decrement(ref _waiting);
            return Refuse($"{_options.MaxSpeechQueue} texts are waiting to be spoken already");
        }

        try
        {
            await _places.WaitAsync(cancellation);
            try
            {
                return await SpeakAsync(tool, voice, clean, path, cancellation);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<SpeechResult> SpeakAsync(SpeechTool tool, string voice, string text, string path, CancellationToken cancellation)
    {
        // Somebody else may have asked for the same, and was first.
        if (SpeechCache.Has(path, _time.GetUtcNow()))
        {
            Interlocked.Increment(ref _hits);
            return new SpeechResult(path, "");
        }

        var draft = Path.Combine(_folder, "draft-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        try
        {
            Prompts.SoundFolder.Make(_folder);
            if (await SpeechProcess.RunAsync(tool, voice, text, draft, _options.SpeechTimeout, _time, cancellation) is { } failure)
                return Fail(failure);
            if (!Reading.SoundFile.TryOpen(draft, _options, out var reader, out var error))
                return Fail($"{tool.Name} made nothing that can be played: {error}");

            reader!.Dispose();
            File.Move(draft, path, overwrite: true);
            Interlocked.Increment(ref _spoken);
            _cache.Trim();
            return new SpeechResult(path, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail("what is spoken cannot be stored: " + e.Message);
        }
        finally
        {
            TryDelete(draft);
        }
    }

    private SpeechResult Refuse(string error)
    {
        Interlocked.Increment(ref _refused);
        return new SpeechResult(null, error);
    }

    private SpeechResult Fail(string error)
    {
        Interlocked.Increment(ref _failed);
        return new SpeechResult(null, error);
    }

    // A name that begins with a letter cannot be taken for an option, and without a stroke it is no path or address.
    private static bool IsVoice(string voice) =>
        voice.Length <= 40 && char.IsAsciiLetter(voice[0]) && voice.All(one => char.IsAsciiLetterOrDigit(one) || one is '_' or '-');

    private static void TryDelete(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is gone or not ours any more; there is nothing of worth in the draft.
        }
    }
}
