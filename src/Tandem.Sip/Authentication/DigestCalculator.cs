using System.Diagnostics;
using System.Security.Cryptography;

namespace Tandem.Sip.Authentication;

/// <summary>The arithmetic of RFC 7616 §3.4 (and of RFC 2069 where there is no <c>qop</c>), without any policy.</summary>
public static class DigestCalculator
{
    /// <summary>Bytes of the longest digest in hexadecimal.</summary>
    public const int MaxHexLength = 64;

    private const int StackBytes = 1024;

    /// <summary>Bytes of a digest.</summary>
    public static int HashLength(DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Md5 ? Md5.HashLength : SHA256.HashSizeInBytes;

    /// <summary>Bytes of a digest in hexadecimal.</summary>
    public static int HexLength(DigestAlgorithm algorithm) => HashLength(algorithm) * 2;

    /// <summary>
    /// H(A1) = H(username ":" realm ":" secret) in lower-case hexadecimal (§3.4.2). Returns its length.
    /// </summary>
    public static int HashA1(
        DigestAlgorithm algorithm, ReadOnlySpan<byte> user, ReadOnlySpan<byte> realm, ReadOnlySpan<byte> secret, Span<byte> hex)
    {
        var size = user.Length + realm.Length + secret.Length + 2;
        var input = size <= StackBytes ? stackalloc byte[StackBytes] : new byte[size];
        var at = 0;
        Append(input, ref at, user);
        AppendAfterColon(input, ref at, realm);
        AppendAfterColon(input, ref at, secret);
        var length = HashToHex(algorithm, input[..at], hex);
        CryptographicOperations.ZeroMemory(input[..at]);
        return length;
    }

    /// <summary>
    /// The response as bytes, not in hexadecimal (§3.4.1). With an empty <paramref name="qop"/> it is that of RFC 2069:
    /// KD(H(A1), nonce ":" H(A2)). Returns its length.
    /// </summary>
    public static int Response(
        DigestAlgorithm algorithm, ReadOnlySpan<byte> hashA1Hex, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> nonceCount,
        ReadOnlySpan<byte> clientNonce, ReadOnlySpan<byte> qop, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, Span<byte> hash)
    {
        var size = Math.Max(
            hashA1Hex.Length + nonce.Length + nonceCount.Length + clientNonce.Length + qop.Length + MaxHexLength + 5,
            method.Length + uri.Length + 1);
        var input = size <= StackBytes ? stackalloc byte[StackBytes] : new byte[size];
        Span<byte> hashA2 = stackalloc byte[MaxHexLength];

        var at = 0;
        Append(input, ref at, method);
        AppendAfterColon(input, ref at, uri);
        var hashA2Length = HashToHex(algorithm, input[..at], hashA2);

        at = 0;
        Append(input, ref at, hashA1Hex);
        AppendAfterColon(input, ref at, nonce);
        if (qop.Length > 0)
        {
            AppendAfterColon(input, ref at, nonceCount);
            AppendAfterColon(input, ref at, clientNonce);
            AppendAfterColon(input, ref at, qop);
        }

        AppendAfterColon(input, ref at, hashA2[..hashA2Length]);
        return Hash(algorithm, input[..at], hash);
    }

    private static int HashToHex(DigestAlgorithm algorithm, ReadOnlySpan<byte> input, Span<byte> hex)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Hash(algorithm, input, hash);
        var fits = Convert.TryToHexStringLower(hash[..length], hex, out var written);
        Debug.Assert(fits, "the destination holds MaxHexLength bytes");
        return written;
    }

    // MD5 is what the protocol names; its weakness is the reason why SHA-256 can be demanded by an option.
    private static int Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> input, Span<byte> hash) =>
        algorithm == DigestAlgorithm.Md5 ? Md5.HashData(input, hash) : SHA256.HashData(input, hash);

    private static void AppendAfterColon(Span<byte> input, ref int at, ReadOnlySpan<byte> part)
    {
        input[at++] = (byte)':';
        Append(input, ref at, part);
    }

    private static void Append(Span<byte> input, ref int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(input[at..]);
        at += part.Length;
    }
}
