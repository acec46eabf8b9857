using System.Collections.Concurrent;
using Tandem.Calls.Calls.Programs;
using Tandem.Media.Audio;
using Tandem.Media.Playback;
using Tandem.Media.Playback.Sources;
using Tandem.Media.Playback.Tones;

namespace Tandem.Calls.Media;

/// <summary>
/// Makes sources of prompts. Files are opened on the thread pool while the source is silent. A piece that is not there becomes a tone: a caller hears that something is wrong and not that the
/// line is dead. Thread-safe.
/// </summary>
/// <param name="sounds">Where the sounds are.</param>
public sealed class PromptPlayer(SoundLibrary sounds)
{
    // Names that were told as missing. Default 1,000: enough for a log; further ones are only counted.
    private const int MaxTold = 1_000;

    private readonly ConcurrentDictionary<(string Tenant, string Piece), byte> _told = new();
    private long _missing;

    /// <summary>Told once of each piece that is not there: tenant, piece, reason. On any thread.</summary>
    public Action<string, string, string>? Missed { get; set; }

    /// <summary>Opens a recording of a tenant as a file; null when it is not there, IOException when it cannot be read now. On the thread pool.</summary>
    public Func<string, string, Task<Stream?>>? Recordings { get; set; }

    /// <summary>Pieces that were replaced by a tone.</summary>
    public long Missing => Volatile.Read(ref _missing);

    /// <summary>A source of a prompt, at once.</summary>
    /// <param name="tenant">Whose sounds.</param>
    /// <param name="prompt">What.</param>
    /// <param name="language">Of words; empty for that of the installation.</param>
    /// <param name="rate">Hertz: 8000, 16000 or 48000; music has its own.</param>
    /// <param name="isLoop">Without end.</param>
    public IAudioSource Open(string tenant, Prompt prompt, string language, int rate, bool isLoop)
    {
        if (prompt.Parts[0] is PromptPart.Music music)
            return new ComingSource(OpenMusicAsync(tenant, music), sounds.MusicRate);
        if (prompt.Parts.Count == 1 && prompt.Parts[0] is PromptPart.Tone tone)
            return OpenTone(tenant, tone, rate, isLoop ? 0 : 1);

        return new ComingSource(Task.Run(() => OpenAsync(tenant, prompt, language, rate, isLoop ? 0 : 1)), rate);
    }

    private async Task<SoundResult> OpenMusicAsync(string tenant, PromptPart.Music music)
    {
        var opened = await sounds.OpenMusicAsync(tenant, music.List).ConfigureAwait(false);
        if (opened.IsGood)
            return opened;

        Miss(tenant, music, opened.Error);
        return await sounds.OpenMusicAsync(tenant).ConfigureAwait(false);
    }

    private async Task<SoundResult> OpenAsync(string tenant, Prompt prompt, string language, int rate, int times)
    {
        var sources = new List<IAudioSource>();
        foreach (var part in prompt.Parts)
        {
            switch (part)
            {
                case PromptPart.Sound sound:
                    sources.Add(OpenSound(tenant, part, sound.Name, language, rate, times));
                    break;
                case PromptPart.Number number:
                    OpenWords(sources, tenant, part, Grammar(language)?.Number(number.Value), language, rate);
                    break;
                case PromptPart.Spelled spelled:
                    OpenWords(sources, tenant, part, Grammar(language)?.Spell(spelled.Text, out _), language, rate);
                    break;
                case PromptPart.Tone tone:
                    sources.Add(OpenTone(tenant, tone, rate, 1));
                    break;
                case PromptPart.Recording recording:
                    sources.Add(await OpenRecordingAsync(tenant, recording, rate).ConfigureAwait(false));
                    break;
                case PromptPart.Silence silence:
                    sources.Add(new SilenceSource(rate, silence.Length));
                    break;
                case PromptPart.Speech speech:
                    var said = await sounds.SayAtAsync(speech.Text, rate).ConfigureAwait(false);
                    sources.Add(said.IsGood ? said.Source : Instead(tenant, new PromptPart.Speech("..."), said.Error, rate));
                    break;
                default:
                    sources.Add(Instead(tenant, part, "it cannot be played here", rate));
                    break;
            }
        }

        return SoundResult.Good(sources.Count == 1 ? sources[0] : new SequenceSource(sources));
    }

    private async Task<IAudioSource> OpenRecordingAsync(string tenant, PromptPart.Recording recording, int rate)
    {
        try
        {
            if (Recordings is { } open && await open(tenant, recording.Id).ConfigureAwait(false) is { } stream)
                return sounds.OpenStreamAt(stream, rate) is { IsGood: true } opened ? opened.Source : Instead(tenant, recording, "its file is damaged", rate);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return Instead(tenant, recording, e.Message, rate);
        }

        return Instead(tenant, recording, "it is not there", rate);
    }

    private Tandem.Media.Playback.Speaking.SpokenLanguage? Grammar(string language) =>
        (language.Length > 0 ? sounds.Language(language) : null) ?? sounds.Language();

    private void OpenWords(List<IAudioSource> sources, string tenant, PromptPart part, IReadOnlyList<string>? words, string language, int rate)
    {
        if (words is null)
        {
            sources.Add(Instead(tenant, part, "it cannot be spoken", rate));
            return;
        }

        foreach (var word in words)
            sources.Add(OpenSound(tenant, part, word, language, rate, 1));
    }

    // The language of the call, and else that of the installation.
    private IAudioSource OpenSound(string tenant, PromptPart part, string name, string language, int rate, int times)
    {
        if (language.Length > 0 && sounds.OpenPromptAt(tenant, name, language, rate, times) is { IsGood: true } spoken)
            return spoken.Source;

        var opened = sounds.OpenPromptAt(tenant, name, null, rate, times);
        return opened.IsGood ? opened.Source : Instead(tenant, part, opened.Error, rate);
    }

    private IAudioSource OpenTone(string tenant, PromptPart.Tone tone, int rate, int times) =>
        SystemTones.Find(tone.Name, sounds.Options.ToneCountry) is { } cadence
            ? new ToneSource(cadence, rate, sounds.Options.ToneLevel, times)
            : Instead(tenant, tone, "the tone is not known", rate);

    private ToneSource Instead(string tenant, PromptPart part, string reason, int rate)
    {
        Miss(tenant, part, reason);
        return new ToneSource(SystemTones.Find("error", "us")!, rate, sounds.Options.ToneLevel, 1);
    }

    private void Miss(string tenant, PromptPart part, string reason)
    {
        Interlocked.Increment(ref _missing);
        if (_told.Count < MaxTold && _told.TryAdd((tenant, part.ToString()!), 0))
            Missed?.Invoke(tenant, part.ToString()!, reason);
    }
}
