using Tandem.Media.Events;

namespace Tandem.Media.Recording;

/// <summary>A recording that is over, and what its file holds.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Path">Its file.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Duration">Its length in sound.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Sha256">Of the file as it lies there, encrypted; empty when it could not be written.</param>
/// <param name="Dropped">Sound that found no room and became silence.</param>
/// <param name="Error">What failed, for people; empty when nothing did.</param>
public sealed record RecordingSummary(
    string Id,
    string Path,
    RecordingEnd Reason,
    TimeSpan Duration,
    long Bytes,
    string Sha256,
    TimeSpan Dropped,
    string Error);
