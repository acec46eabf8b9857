namespace Tandem.Media.Sdp;

/// <summary>What a media line says about ICE (RFC 8839 §5). Immutable.</summary>
/// <param name="Ufrag"><c>a=ice-ufrag</c>.</param>
/// <param name="Password"><c>a=ice-pwd</c>.</param>
/// <param name="IsLite"><c>a=ice-lite</c>, which stands at session level.</param>
/// <param name="IsMismatch"><c>a=ice-mismatch</c>, or the default destination is none of the candidates (RFC 8839 §4.2.5).</param>
public sealed record SdpIce(string Ufrag, string Password, bool IsLite, bool IsMismatch)
{
    public override string ToString() => Ufrag;
}
