using Tandem.Media.Audio;

namespace Tandem.Media.Events;

/// <summary>A playback is over, and its source is disposed.</summary>
/// <param name="Side">To whom it played; null in a mix.</param>
/// <param name="Play">Which one.</param>
/// <param name="Reason">Why.</param>
public sealed record PlaybackEnded(MediaSide? Side, PlayId Play, PlaybackEnd Reason) : MediaEvent;
