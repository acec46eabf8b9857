using System.Text;
using Tandem.Core.Net;

namespace Tandem.Media.Sdp;

/// <summary>One media line with its section (RFC 8866 §5.14).</summary>
public sealed class SdpMedia
{
    private readonly SdpDocument _document;

    internal SdpMedia(SdpDocument document, int firstLine)
    {
        _document = document;
        FirstLine = firstLine;
    }

    /// <summary>The media type: <c>audio</c>, <c>video</c>, <c>image</c>, <c>application</c>.</summary>
    public string Kind { get; internal set; } = "";

    /// <summary>The transport port; 0 means refused or switched off.</summary>
    public int Port { get; internal set; }

    public SdpTransport Transport { get; internal set; }

    /// <summary>True when the packets are SRTP (RTP/SAVP, RTP/SAVPF).</summary>
    public bool IsSecure => Transport is SdpTransport.RtpSavp or SdpTransport.RtpSavpf;

    /// <summary>The connection that counts for this line: its own, or else the session's.</summary>
    public SdpConnection Connection { get; internal set; }

    /// <summary>The direction that counts for this line: its own, or else the session's, or else sendrecv.</summary>
    public SdpDirection Direction { get; internal set; } = SdpDirection.SendRecv;

    /// <summary>The direction with an old-style hold (c=0.0.0.0) taken into account: who holds that way does not receive.</summary>
    public SdpDirection EffectiveDirection => Connection.IsHold ? Direction & SdpDirection.SendOnly : Direction;

    /// <summary>True when it carries <c>a=rtcp-mux</c> (RFC 5761 §5.1.1).</summary>
    public bool RtcpMux { get; internal set; }

    /// <summary>The port of <c>a=rtcp</c> (RFC 3605); -1 when there is none.</summary>
    public int RtcpPort { get; internal set; } = -1;

    /// <summary>The address of <c>a=rtcp</c>; unspecified when it names none.</summary>
    public NetAddress RtcpAddress { get; internal set; }

    /// <summary>Where RTP shall go; unspecified when the SDP gives no address.</summary>
    public NetAddress RtpTarget => Connection.Address.IsUnspecified || Port == 0 ? default : Connection.Address.WithPort(Port);

    /// <summary>Where RTCP shall go: the RTP port with rtcp-mux, else what <c>a=rtcp</c> says, else the next port (RFC 3550 §11).</summary>
    public NetAddress RtcpTarget(bool mux)
    {
        if (mux || RtpTarget.IsUnspecified)
            return RtpTarget;

        var host = RtcpAddress.IsUnspecified ? Connection.Address : RtcpAddress;
        var port = RtcpPort >= 0 ? RtcpPort : Port + 1;
        return port is > 0 and < 65536 ? host.WithPort(port) : default;
    }

    /// <summary>The text after the protocol: payload types for RTP.</summary>
    public ReadOnlySpan<byte> Formats => _document.Bytes.Span.Slice(FormatsStart, FormatsLength);

    public override string ToString() => Encoding.Latin1.GetString(_document.LineBytes(FirstLine));

    internal int FirstLine { get; }

    internal int EndLine { get; set; }

    internal int PortStart { get; set; }

    internal int PortLength { get; set; }

    internal int FormatsStart { get; set; }

    internal int FormatsLength { get; set; }

    internal bool HasDirection { get; set; }
}
