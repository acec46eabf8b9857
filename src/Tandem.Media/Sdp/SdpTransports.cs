using System.Text;

namespace Tandem.Media.Sdp;

/// <summary>What the protocols of media lines have in common.</summary>
internal static class SdpTransports
{
    private static readonly (string Text, SdpTransport Transport)[] Names =
    [
        ("RTP/AVP", SdpTransport.RtpAvp),
        ("RTP/AVPF", SdpTransport.RtpAvpf),
        ("RTP/SAVP", SdpTransport.RtpSavp),
        ("RTP/SAVPF", SdpTransport.RtpSavpf),
        ("UDP/TLS/RTP/SAVP", SdpTransport.DtlsSavp),
        ("UDP/TLS/RTP/SAVPF", SdpTransport.DtlsSavpf),
        ("udptl", SdpTransport.Udptl),
    ];

    public static bool IsRtp(this SdpTransport transport) => transport is not (SdpTransport.Unknown or SdpTransport.Udptl);

    /// <summary>True when the profile itself promises SRTP.</summary>
    public static bool IsSecure(this SdpTransport transport) => transport is >= SdpTransport.RtpSavp and <= SdpTransport.DtlsSavpf;

    public static bool IsDtls(this SdpTransport transport) => transport is SdpTransport.DtlsSavp or SdpTransport.DtlsSavpf;

    /// <summary>True for the profiles with feedback (RFC 4585): only there <c>a=rtcp-fb</c> means something.</summary>
    public static bool HasFeedback(this SdpTransport transport) => transport is SdpTransport.RtpAvpf or SdpTransport.RtpSavpf or SdpTransport.DtlsSavpf;

    /// <summary>As an m= line of ours names it.</summary>
    public static string NameOf(SdpTransport transport)
    {
        foreach (var (text, value) in Names)
        {
            if (value == transport)
                return text;
        }

        return "RTP/AVP";
    }

    /// <summary>What <paramref name="text"/> names, in any case of letters.</summary>
    public static SdpTransport Parse(ReadOnlySpan<byte> text)
    {
        foreach (var (name, transport) in Names)
        {
            if (Ascii.EqualsIgnoreCase(text, name))
                return transport;
        }

        return SdpTransport.Unknown;
    }
}
