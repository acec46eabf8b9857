namespace Tandem.Media.Events;

/// <summary>A recording is over and its file is whole.</summary>
/// <param name="Id">Which recording.</param>
/// <param name="Reason">Why.</param>
/// <param name="Duration">Its length in sound.</param>
/// <param name="Bytes">The size of the file, bytes.</param>
public sealed record RecordingEnded(string Id, RecordingEnd Reason, TimeSpan Duration, long Bytes) : MediaEvent;
