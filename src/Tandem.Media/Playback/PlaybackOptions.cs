namespace Tandem.Media.Playback;

/// <summary>Every limit, size and time of the player. A value that is out of range is named by <see cref="Problem"/>.</summary>
public sealed record PlaybackOptions
{
    /// <summary>The largest file that is played, bytes. Default 256 MiB: an hour of stereo at 16 kHz and more.</summary>
    public long MaxFileBytes { get; init; } = 256L << 20;

    /// <summary>The longest file that is played. Default 2 h; what is longer is refused at the upload and cut off when it is played.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(2);

    /// <summary>
    /// The highest sample rate that sources give, hertz: 8000, 16000 or 48000. Default 16000, what wideband telephony carries;
    /// files of a higher rate are brought down to it when they are read, so that the loops do not pay for it at every tick.
    /// </summary>
    public int MaxSampleRate { get; init; } = 16_000;

    /// <summary>How far a file is read ahead of what is heard. Default 1 s: longer than a busy disk takes to answer; 32 kB a playing file.</summary>
    public TimeSpan ReadAhead { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Prompts up to this length are decoded whole and kept in memory. Default 20 s: the words and sentences of menus.</summary>
    public TimeSpan MaxClip { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Memory of decoded prompts, bytes. Default 64 MiB: some 800 prompts of 2.5 s at 16 kHz; the least recently used ones leave.</summary>
    public long CacheBytes { get; init; } = 64L << 20;

    /// <summary>Prompts in one sequence, a spoken number or date included. Default 64.</summary>
    public int MaxSequence { get; init; } = 64;

    /// <summary>The largest upload of a prompt or a piece of music, bytes. Default 32 MiB.</summary>
    public long MaxUploadBytes { get; init; } = 32L << 20;

    /// <summary>Prompts that one tenant may keep. Default 2000.</summary>
    public int MaxPrompts { get; init; } = 2_000;

    /// <summary>Lists of music that one tenant may keep. Default 32.</summary>
    public int MaxMusicLists { get; init; } = 32;

    /// <summary>Pieces in one list of music. Default 200.</summary>
    public int MaxMusicFiles { get; init; } = 200;

    /// <summary>Bytes of all prompts and music of one tenant. Default 2 GiB.</summary>
    public long MaxTenantBytes { get; init; } = 2L << 30;

    /// <summary>
    /// All who wait on one list hear the same place of it (one decoder for all of them); false starts the list anew for each. Default true.
    /// </summary>
    public bool SharedMusic { get; init; } = true;

    /// <summary>The country whose tones callers hear (ISO 3166 letters). Default us.</summary>
    public string ToneCountry { get; init; } = "us";

    /// <summary>Level of the tones, dBm0. Default -10, the nominal level of ITU-T E.180 §6.</summary>
    public double ToneLevel { get; init; } = -10;

    /// <summary>The language of prompts when a call names none. Default en.</summary>
    public string Language { get; init; } = "en";

    /// <summary>
    /// The program that speaks free text: <c>auto</c> (flite, else espeak-ng, whichever is on the PATH), <c>none</c>, <c>flite</c>, <c>espeak-ng</c>, or
    /// the path of one of these two. Default auto.
    /// </summary>
    public string SpeechTool { get; init; } = "auto";

    /// <summary>The voice that the program is asked for; empty for its best English one. Default empty.</summary>
    public string SpeechVoice { get; init; } = "";

    /// <summary>The longest text that is spoken, characters. Default 1000: about a minute.</summary>
    public int MaxSpeechCharacters { get; init; } = 1_000;

    /// <summary>How long the program may take for one text. Default 15 s; then it is ended and the text is refused.</summary>
    public TimeSpan SpeechTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Programs that speak at the same time. Default 1: a minute of speech takes a core for some seconds, and calls need it too.</summary>
    public int SpeechConcurrency { get; init; } = 1;

    /// <summary>Texts that wait for a program. Default 32; more are refused at once.</summary>
    public int MaxSpeechQueue { get; init; } = 32;

    /// <summary>Spoken texts kept in DATA_DIR, bytes. Default 128 MiB: some 2000 sentences; the oldest ones leave.</summary>
    public long SpeechCacheBytes { get; init; } = 128L << 20;

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (MaxSampleRate is not (8_000 or 16_000 or 48_000))
            return $"MaxSampleRate {MaxSampleRate}: 8000, 16000 or 48000 is expected";
        if (ReadAhead < TimeSpan.FromMilliseconds(100) || ReadAhead > TimeSpan.FromSeconds(60))
            return $"ReadAhead {ReadAhead}: 100 ms to 60 s is expected";
        if (MaxFileBytes < 1_024 || MaxUploadBytes < 1_024 || CacheBytes < 0 || SpeechCacheBytes < 0 || MaxTenantBytes < 0)
            return "MaxFileBytes, MaxUploadBytes, CacheBytes, SpeechCacheBytes, MaxTenantBytes: too small";
        if (MaxDuration <= TimeSpan.Zero || MaxClip < TimeSpan.Zero || SpeechTimeout <= TimeSpan.Zero)
            return "MaxDuration, MaxClip, SpeechTimeout: a time above 0 is expected";
        if (MaxSequence < 1 || MaxPrompts < 0 || MaxMusicLists < 0 || MaxMusicFiles < 0)
            return "MaxSequence, MaxPrompts, MaxMusicLists, MaxMusicFiles: too small";
        if (MaxSpeechCharacters < 1 || SpeechConcurrency < 1 || MaxSpeechQueue < 0)
            return "MaxSpeechCharacters, SpeechConcurrency, MaxSpeechQueue: too small";
        if (ToneLevel is not (>= -40 and <= 0))
            return $"ToneLevel {ToneLevel}: -40 to 0 dBm0 is expected";
        return null;
    }
}
