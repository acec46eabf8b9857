namespace Tandem.Media.Sdp;

/// <summary>The direction of a media line, seen by the one who wrote it (RFC 8866 §6.7). Bit 0: it sends; bit 1: it receives.</summary>
[Flags]
public enum SdpDirection
{
    Inactive = 0,
    SendOnly = 1,
    RecvOnly = 2,
    SendRecv = 3,
}
