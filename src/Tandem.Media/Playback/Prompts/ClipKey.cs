namespace Tandem.Media.Playback.Prompts;

/// <summary>What a decoded clip was made of: a file as it was (another size or time is another file), brought to a rate.</summary>
/// <param name="Path">The file, or the name of a built-in prompt.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ModifiedAt">Ticks of its last change.</param>
/// <param name="SampleRate">Hertz; 0 for the file's own.</param>
internal readonly record struct ClipKey(string Path, long Bytes, long ModifiedAt, int SampleRate);
