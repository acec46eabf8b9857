namespace Tandem.Calls.Publications;

/// <summary>One tuple of a published presence document (RFC 3863 §4.1.2).</summary>
/// <param name="IsOpen">Its basic status; null when it has none.</param>
/// <param name="Note">A text for people; empty when there is none.</param>
internal sealed record PublishedTuple(bool? IsOpen, string Note);
