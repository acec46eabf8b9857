namespace Tandem.Media.Playback.Reading;

/// <summary>What a sound file contains.</summary>
/// <param name="Kind">The container and encoding, for people: <c>WAV, 16-bit PCM</c>.</param>
/// <param name="SampleRate">Hertz that the content has (for Opus the rate that was recorded, which is information only).</param>
/// <param name="Channels">1 or 2; two are mixed into one when they are read.</param>
/// <param name="Duration">The length as far as the beginning of the content tells it; null when only reading to the end does.</param>
public sealed record SoundInfo(string Kind, int SampleRate, int Channels, TimeSpan? Duration);
