using System.Security.Cryptography;
using System.Text;

namespace Tandem.Testing.Phones;

/// <summary>Answers a digest challenge as RFC 7616 §3.4.1 says, without our own code.</summary>
public static class DigestAnswer
{
    /// <summary>The whole header line that answers the first challenge of a 401 or 407; the secret is <c>secret-NUMBER</c> unless given.</summary>
    public static string Header(WireMessage challenge, string method, string uri, string number, string? secret = null)
    {
        var isProxy = challenge.Status == 407;
        var text = challenge[isProxy ? "Proxy-Authenticate" : "WWW-Authenticate"];
        var nonce = Parameter(text, "nonce=\"", '"');
        var realm = Parameter(text, "realm=\"", '"');
        var algorithm = text.Contains("SHA-256", StringComparison.Ordinal) ? "SHA-256" : "MD5";
        string Hash(string value) => Convert.ToHexStringLower(
            algorithm == "MD5" ? MD5.HashData(Encoding.UTF8.GetBytes(value)) : SHA256.HashData(Encoding.UTF8.GetBytes(value)));

        var response = Hash($"{Hash($"{number}:{realm}:{secret ?? "secret-" + number}")}:{nonce}:00000001:cn:auth:{Hash($"{method}:{uri}")}");
        return $"{(isProxy ? "Proxy-Authorization" : "Authorization")}: Digest username=\"{number}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", "
            + $"response=\"{response}\", algorithm={algorithm}, qop=auth, nc=00000001, cnonce=\"cn\"";
    }

    private static string Parameter(string text, string start, char end)
    {
        var at = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[at..text.IndexOf(end, at)];
    }
}
