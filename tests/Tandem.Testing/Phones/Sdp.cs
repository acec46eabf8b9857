namespace Tandem.Testing.Phones;

/// <summary>Session descriptions for scripted phones.</summary>
public static class Sdp
{
    /// <summary>One audio line, PCMU and PCMA.</summary>
    public static string Audio(string host = "192.0.2.10", int port = 20000, string direction = "sendrecv", int version = 1) =>
        $"v=0\r\no=phone 1 {version} IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n" +
        $"m=audio {port} RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na={direction}\r\n";

    /// <summary>The port of the audio line.</summary>
    public static int PortOf(string sdp) => int.Parse(LineOf(sdp, "m=audio ").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The direction attribute; sendrecv when none is written (RFC 3264 §5.1).</summary>
    public static string DirectionOf(string sdp)
    {
        foreach (var direction in new[] { "sendrecv", "sendonly", "recvonly", "inactive" })
        {
            if (sdp.Contains($"a={direction}\r\n", StringComparison.Ordinal))
                return direction;
        }

        return "sendrecv";
    }

    private static string LineOf(string sdp, string start)
    {
        foreach (var line in sdp.Split("\r\n"))
        {
            if (line.StartsWith(start, StringComparison.Ordinal))
                return line[start.Length..];
        }

        throw new FormatException($"no {start} in: {sdp}");
    }
}
