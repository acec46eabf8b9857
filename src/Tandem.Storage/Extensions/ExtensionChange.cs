namespace Tandem.Storage.Extensions;

/// <summary>What to change of an extension; null stays.</summary>
/// <param name="Algorithms">Digest algorithms, or empty for the installation's.</param>
/// <param name="Srtp">The policy in lower case, or empty for the installation's.</param>
/// <param name="Codecs">SDP names, or empty for the installation's.</param>
public sealed record ExtensionChange(
    string? DisplayName = null, bool? Enabled = null, string? Algorithms = null, string? Srtp = null, string? Codecs = null, bool? Recorded = null);
