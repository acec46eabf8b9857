namespace Tandem.Storage.Streams;

/// <summary>An event of a stream.</summary>
/// <param name="Sequence">Its number in the stream of its tenant.</param>
/// <param name="Type">For example <c>call.ended</c>.</param>
/// <param name="CallId">The call that it belongs to; empty for none.</param>
/// <param name="Body">JSON.</param>
public sealed record StoredEvent(long Sequence, string Type, string CallId, string Body);
