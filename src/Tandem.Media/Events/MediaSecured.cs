namespace Tandem.Media.Events;

/// <summary>The media of a side is encrypted from now on.</summary>
/// <param name="Side">Which side.</param>
/// <param name="Description">How, for people: <c>DTLS AEAD_AES_128_GCM</c>. Never a key.</param>
public sealed record MediaSecured(MediaSide Side, string Description) : MediaEvent;
