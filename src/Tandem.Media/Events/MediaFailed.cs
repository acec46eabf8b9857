namespace Tandem.Media.Events;

/// <summary>The media of a side cannot flow: the fingerprint is wrong, the handshake timed out.</summary>
/// <param name="Side">Which side.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record MediaFailed(MediaSide Side, string Reason) : MediaEvent;
