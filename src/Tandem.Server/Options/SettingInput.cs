namespace Tandem.Server.Options;

/// <summary>A name and text as one source gave it.</summary>
/// <param name="Name">As written there.</param>
/// <param name="Text">The value.</param>
/// <param name="Origin">Where it stands, for people: <c>the environment</c>, <c>.env line 3</c>.</param>
public sealed record SettingInput(string Name, string Text, string Origin);
