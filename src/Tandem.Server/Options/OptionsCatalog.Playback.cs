using Tandem.Media.Playback.Tones;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Playback = "Prompts, music, tones, speech";

    private static readonly WordKind SampleRates = new(("8000", 8_000), ("16000", 16_000), ("48000", 48_000));

    private static bool IsCountry(string text) => ToneTable.Find(text) is not null;

    private static bool IsLanguage(string text) => text.Length is >= 2 and <= 16 && text.All(one => one is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-') && text[0] != '-' && text[^1] != '-';

    private static bool IsSpeechTool(string text) => text is "auto" or "none" or "flite" or "espeak-ng" || (Path.IsPathRooted(text) && Path.GetFileName(text) is "flite" or "espeak-ng");

    private static bool IsVoice(string text) => text.Length <= 40 && (text.Length == 0 || char.IsAsciiLetter(text[0])) && text.All(one => char.IsAsciiLetterOrDigit(one) || one is '_' or '-');

    private static void AddPlayback(List<Setting> list)
    {
        list.Add(Playback, "TONE_COUNTRY", o => o.Playback.ToneCountry, new TextKind("the letters of a country: " + string.Join(' ', ToneTable.All), IsCountry, 2),
            "Whose dial, ringback, busy and other tones callers hear (ITU-T E.180).", main: true);
        list.Add(Playback, "PROMPT_LANGUAGE", o => o.Playback.Language, new TextKind("a language tag in small letters, such as en", IsLanguage, 16),
            "The language of prompts when a call names none. English is built in; another one needs its prompts uploaded as LANGUAGE.NAME.", main: true);
        list.Add(Playback, "TONE_LEVEL", o => o.Playback.ToneLevel, new DecimalKind(-40, 0), "The level of tones in dBm0; -10 is the nominal one of E.180.");
        list.Add(Playback, "MUSIC_SHARED", o => o.Playback.SharedMusic, SwitchKind.Instance,
            "All who wait on one list hear the same place of it, which costs one decoder for all; false starts the list anew for each.");
        list.Add(Playback, "SPEECH_TOOL", o => o.Playback.SpeechTool, new TextKind("auto, none, flite, espeak-ng, or the path of one of the two", IsSpeechTool, 1_024),
            "The program that speaks free text. auto takes flite, else espeak-ng, whichever is installed; none turns it off.");
        list.Add(Playback, "SPEECH_VOICE", o => o.Playback.SpeechVoice, new TextKind("the name of a voice: letters, digits, underscore and dash, or nothing", IsVoice, 40),
            "The voice of that program; nothing for slt of flite or en-us of espeak-ng.");
        list.Add(Playback, "SPEECH_MAX_TEXT", o => o.Playback.MaxSpeechCharacters, Count(1, 20_000, "characters"), "The longest text that is spoken: about a minute.");
        list.Add(Playback, "SPEECH_TIMEOUT", o => o.Playback.SpeechTimeout, Seconds(1, 300), "How long the program may take for one text; then it is ended.");
        list.Add(Playback, "SPEECH_CONCURRENCY", o => o.Playback.SpeechConcurrency, Count(1, 64, "programs"), "Programs at the same time: each takes a core that calls need too.");
        list.Add(Playback, "SPEECH_MAX_QUEUE", o => o.Playback.MaxSpeechQueue, Count(0, 10_000, "texts"), "Texts that wait for a program; more are refused at once.");
        list.Add(Playback, "SPEECH_CACHE", o => o.Playback.SpeechCacheBytes, new SizeKind(0, 1L << 40), "Spoken texts kept in DATA_DIR/speech, some 2000 sentences; those used longest ago leave.");
        list.Add(Playback, "PROMPT_MAX_UPLOAD", o => o.Playback.MaxUploadBytes, new SizeKind(1_024, 1L << 32), "The largest upload of a prompt or a piece of music.");
        list.Add(Playback, "PROMPT_MAX", o => o.Playback.MaxPrompts, Count(0, 100_000, "prompts"), "Prompts that one tenant may keep.");
        list.Add(Playback, "PROMPT_MAX_SEQUENCE", o => o.Playback.MaxSequence, Count(1, 1_000, "prompts"), "Prompts in one sequence, spoken numbers and dates included.");
        list.Add(Playback, "MUSIC_MAX_LISTS", o => o.Playback.MaxMusicLists, Count(0, 10_000, "lists"), "Lists of music that one tenant may keep.");
        list.Add(Playback, "MUSIC_MAX_FILES", o => o.Playback.MaxMusicFiles, Count(0, 10_000, "pieces"), "Pieces in one list of music.");
        list.Add(Playback, "SOUND_MAX_TENANT", o => o.Playback.MaxTenantBytes, new SizeKind(0, 1L << 44), "Bytes of all prompts and music of one tenant.");
        list.Add(Playback, "SOUND_MAX_FILE", o => o.Playback.MaxFileBytes, new SizeKind(1_024, 1L << 40), "The largest file that is played.");
        list.Add(Playback, "SOUND_MAX_DURATION", o => o.Playback.MaxDuration, Seconds(1, 604_800), "The longest file that is accepted; where only reading it tells, it is cut off there.");
        list.Add(Playback, "SOUND_MAX_RATE", o => o.Playback.MaxSampleRate, SampleRates,
            "The highest sample rate of what is played, hertz; files of more are brought down to it when they are read. 16000 is what wideband telephony carries.");
        list.Add(Playback, "SOUND_READ_AHEAD", o => o.Playback.ReadAhead, Milliseconds(100, 60_000), "How far files are read ahead of what is heard: longer than a busy disk takes to answer.");
        list.Add(Playback, "SOUND_MAX_CLIP", o => o.Playback.MaxClip, Seconds(0, 600), "Prompts up to this length are decoded whole and kept in memory.");
        list.Add(Playback, "SOUND_CACHE", o => o.Playback.CacheBytes, new SizeKind(0, 1L << 40), "Memory of decoded prompts: some 800 of 2.5 s; the least recently used ones leave.");
    }
}
