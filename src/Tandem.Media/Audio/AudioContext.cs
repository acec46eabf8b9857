using Tandem.Media.Jitter;

namespace Tandem.Media.Audio;

/// <summary>What the audio of one session shares: limits, and whom to tell. Used on the media loop.</summary>
internal sealed record AudioContext(AudioOptions Options, JitterOptions Jitter, Action<MediaEvent> Raise);
