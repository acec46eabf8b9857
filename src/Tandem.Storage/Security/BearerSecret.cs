using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Storage.Security;

/// <summary>API tokens and session cookies: 32 random bytes, of which only the SHA-256 is stored.</summary>
internal static class BearerSecret
{
    private const int Size = 32;

    /// <summary>A new token in base64url, 43 characters after the prefix.</summary>
    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size));

    /// <summary>What the database keeps. The token has 256 random bits, so no salt or slow hash is needed.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
