using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tandem.Core.Privacy;

namespace Tandem.Server.Webhooks;

/// <summary>
/// Signatures as Standard Webhooks has them: HMAC-SHA256 over <c>id.timestamp.body</c> with the bytes behind <c>whsec_</c>, in base64 behind
/// <c>v1,</c>. Several are separated by blanks, so that a receiver that knows one secret of two accepts.
/// </summary>
public static class WebhookSignature
{
    private const string Prefix = "whsec_";

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c>: seconds since 1970.</param>
    /// <param name="body">The bytes that are sent.</param>
    /// <param name="secrets">The present secret, and the one before while it counts.</param>
    public static string Sign(string id, long timestamp, ReadOnlySpan<byte> body, params ReadOnlySpan<Secret> secrets)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        var text = new StringBuilder();
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var secret in secrets)
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Key(secret));
            hmac.AppendData(head);
            hmac.AppendData(body);
            hmac.GetHashAndReset(hash);
            text.Append(text.Length > 0 ? " " : "").Append("v1,").Append(Convert.ToBase64String(hash));
        }

        return text.ToString();
    }

    private static byte[] Key(Secret secret)
    {
        var text = secret.Reveal();
        return Convert.FromBase64String(text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text);
    }
}
