namespace Tandem.Media.Sdp;

/// <summary>One format of a media line with what <c>a=rtpmap</c> and <c>a=fmtp</c> say about it (RFC 8866 §6.6, §6.15). Immutable.</summary>
/// <param name="Token">As the m= line names it.</param>
/// <param name="PayloadType">0 to 127; -1 when the line is not RTP.</param>
/// <param name="Name">The encoding name; empty when nobody says it.</param>
/// <param name="ClockRate">Hertz; 0 when unknown.</param>
/// <param name="Channels">1 when rtpmap names none.</param>
/// <param name="Parameters">The text after <c>a=fmtp:N </c>; empty without.</param>
public sealed record SdpFormat(string Token, int PayloadType, string Name, int ClockRate, int Channels, string Parameters)
{
    /// <summary>True when it is this encoding, in any case of letters.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
