namespace Tandem.Media.Playback.Speech;

/// <summary>A text that was spoken into a file, or why it was not.</summary>
/// <param name="Path">The WAV file; null when there is none.</param>
/// <param name="Error">The reason, for people.</param>
public readonly record struct SpeechResult(string? Path, string Error);
