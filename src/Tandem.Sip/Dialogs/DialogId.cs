namespace Tandem.Sip.Dialogs;

/// <summary>The identifier of a dialog (RFC 3261 §12): Call-ID, our tag, their tag. Compared byte by byte.</summary>
/// <param name="CallId">Call-ID.</param>
/// <param name="LocalTag">Our tag.</param>
/// <param name="RemoteTag">Their tag; empty for a peer of RFC 2543.</param>
internal sealed record DialogId(byte[] CallId, byte[] LocalTag, byte[] RemoteTag);
