namespace Tandem.Media.Playback.Prompts;

/// <summary>What became of an upload.</summary>
/// <param name="Error">None when it is stored.</param>
/// <param name="Text">The reason, for people.</param>
/// <param name="Sound">What is stored now; null when nothing was.</param>
/// <param name="IsNew">There was none of that name before.</param>
public sealed record SaveResult(SaveError Error, string Text, StoredSound? Sound = null, bool IsNew = false);
