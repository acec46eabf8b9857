namespace Tandem.Media.Playback.Prompts;

/// <summary>A sound file that was uploaded.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Container and encoding, for people.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="SampleRate">Hertz of the content.</param>
/// <param name="Channels">1 or 2.</param>
/// <param name="Duration">Its length.</param>
/// <param name="ModifiedAt">When it was uploaded last.</param>
public sealed record StoredSound(string Name, string Kind, long Bytes, int SampleRate, int Channels, TimeSpan Duration, DateTimeOffset ModifiedAt);
