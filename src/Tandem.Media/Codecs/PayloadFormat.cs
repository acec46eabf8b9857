namespace Tandem.Media.Codecs;

/// <summary>An audio format under the payload type and with the parameters that a session agreed on. Immutable.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Format">The format.</param>
/// <param name="Parameters">The text after <c>a=fmtp:N </c>; empty when there is none.</param>
public sealed record PayloadFormat(int PayloadType, AudioFormat Format, string Parameters = "");
