namespace Tandem.Media.Playback;

/// <summary>How full the tables of the player are, and what it did since the start.</summary>
/// <param name="Clips">Decoded prompts in memory.</param>
/// <param name="ClipBytes">Their bytes.</param>
/// <param name="ClipHits">Prompts that were in memory.</param>
/// <param name="ClipMisses">Prompts that had to be read.</param>
/// <param name="Reads">Times the worker read on for somebody.</param>
/// <param name="ReadFaults">Times it failed in an unexpected way.</param>
/// <param name="MusicChannels">Lists of music that are or were listened to.</param>
/// <param name="Spoken">Texts that were spoken.</param>
/// <param name="SpeechHits">Texts that had been spoken before.</param>
/// <param name="SpeechFailed">Texts with which the program failed.</param>
/// <param name="SpeechRefused">Texts that were refused.</param>
/// <param name="SpeechWaiting">Texts that wait or are being spoken.</param>
public sealed record SoundNumbers(
    int Clips, long ClipBytes, long ClipHits, long ClipMisses, long Reads, long ReadFaults, int MusicChannels, long Spoken, long SpeechHits, long SpeechFailed, long SpeechRefused,
    int SpeechWaiting);
