using System.Text;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>What a phone said while it was held, as it would say it now.</summary>
internal static class SdpDirections
{
    /// <summary>
    /// The SDP without its direction attributes, so that every stream is sendrecv (RFC 3264 §5.1): a phone that was put on hold said
    /// recvonly or inactive, and its next partner does not hold it.
    /// </summary>
    public static byte[] WithoutHold(ReadOnlySpan<byte> sdp)
    {
        var kept = new List<byte>(sdp.Length);
        while (sdp.Length > 0)
        {
            var end = sdp.IndexOf((byte)'\n');
            var line = end < 0 ? sdp : sdp[..(end + 1)];
            sdp = sdp[line.Length..];
            if (!IsDirection(line.TrimEnd("\r\n "u8)))
                kept.AddRange(line);
        }

        return [.. kept];
    }

    private static bool IsDirection(ReadOnlySpan<byte> line) =>
        Ascii.EqualsIgnoreCase(line, "a=recvonly"u8) || Ascii.EqualsIgnoreCase(line, "a=sendonly"u8) || Ascii.EqualsIgnoreCase(line, "a=inactive"u8);
}
