namespace Tandem.Media.Plan;

/// <summary>Where the keys of a line's packets come from.</summary>
internal enum KeyStyle
{
    /// <summary>Plain RTP, or no RTP at all.</summary>
    None,

    /// <summary><c>a=crypto</c> (RFC 4568).</summary>
    Sdes,

    /// <summary>A handshake (RFC 5764).</summary>
    Dtls,
}
