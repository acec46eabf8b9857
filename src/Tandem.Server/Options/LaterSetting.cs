namespace Tandem.Server.Options;

/// <summary>A name from the systems that Tandem unites which is known, and has no effect (yet).</summary>
/// <param name="Name">The name.</param>
/// <param name="Why">What is said about it in the warning and in docs/configuration.md.</param>
public sealed record LaterSetting(string Name, string Why);
