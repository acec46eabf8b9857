namespace Tandem.Calls.Ivr;

/// <summary>What a web service answered.</summary>
/// <param name="Status">The status; 0 when there was no answer.</param>
/// <param name="Body">The body, within its limit.</param>
/// <param name="Problem">Why there is no usable answer; empty when there is one.</param>
public sealed record IvrWebAnswer(int Status, ReadOnlyMemory<byte> Body, string Problem = "");
