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

    /// <summary>
    /// The SDP of a phone that holds the other one (RFC 3264 §8.4): what was sendrecv is sendonly, what was recvonly is inactive, for each stream.
    /// </summary>
    public static byte[] Holding(ReadOnlySpan<byte> sdp)
    {
        var held = new List<byte>(sdp.Length + 64);
        var ofSession = false; // of the session, until a stream says otherwise: may not send
        var ofStream = false;
        var isStream = false;
        while (sdp.Length > 0)
        {
            var end = sdp.IndexOf((byte)'\n');
            var line = end < 0 ? sdp : sdp[..(end + 1)];
            sdp = sdp[line.Length..];
            var text = line.TrimEnd("\r\n "u8);
            if (IsDirection(text) || Ascii.EqualsIgnoreCase(text, "a=sendrecv"u8))
            {
                var mayNotSend = Ascii.EqualsIgnoreCase(text, "a=recvonly"u8) || Ascii.EqualsIgnoreCase(text, "a=inactive"u8);
                ofStream = mayNotSend;
                ofSession = isStream ? ofSession : mayNotSend;
                continue;
            }

            if (text.StartsWith("m="u8))
            {
                if (isStream)
                    held.AddRange(ofStream ? "a=inactive\r\n"u8 : "a=sendonly\r\n"u8);
                (isStream, ofStream) = (true, ofSession);
            }

            held.AddRange(text);
            held.AddRange("\r\n"u8);
        }

        if (isStream)
            held.AddRange(ofStream ? "a=inactive\r\n"u8 : "a=sendonly\r\n"u8);
        return [.. held];
    }

    private static bool IsDirection(ReadOnlySpan<byte> line) =>
        Ascii.EqualsIgnoreCase(line, "a=recvonly"u8) || Ascii.EqualsIgnoreCase(line, "a=sendonly"u8) || Ascii.EqualsIgnoreCase(line, "a=inactive"u8);
}
