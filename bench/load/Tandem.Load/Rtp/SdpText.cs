using System.Text.RegularExpressions;

namespace Tandem.Load;

/// <summary>The G.711 session that every call of the load uses.</summary>
internal static partial class SdpText
{
    public static string For(int port, string transport = "RTP/AVP", string attributes = "") =>
        $"v=0\r\no=load 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} {transport} 0\r\na=rtpmap:0 PCMU/8000\r\n{attributes}";

    public static int AudioPort(string text)
    {
        var match = AudioLine().Match(text);
        return match.Success ? int.Parse(match.Groups[1].Value) : throw new InvalidDataException($"no audio line in: {text}");
    }

    [GeneratedRegex(@"m=audio (\d+) ")]
    private static partial Regex AudioLine();
}
