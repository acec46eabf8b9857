using System.Text;
using Tandem.Core.Buffers;
using Tandem.Sip.Authentication;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;

namespace Tandem.Sip.Tests.Authentication;

/// <summary>A client's half of the digest, for tests.</summary>
internal static class TestDigest
{
    public static string Response(
        DigestAlgorithm algorithm, string user, string realm, string secret, string method, string uri, string nonce, string nonceCount,
        string clientNonce, string qop)
    {
        Span<byte> hashA1 = stackalloc byte[DigestCalculator.MaxHexLength];
        var length = DigestCalculator.HashA1(algorithm, Bytes(user), Bytes(realm), Bytes(secret), hashA1);
        Span<byte> response = stackalloc byte[DigestCalculator.MaxHexLength / 2];
        var used = DigestCalculator.Response(
            algorithm, hashA1[..length], Bytes(nonce), Bytes(nonceCount), Bytes(clientNonce), Bytes(qop), Bytes(method), Bytes(uri), response);
        return Convert.ToHexStringLower(response[..used]);
    }

    /// <summary>A request with these extra header lines.</summary>
    public static SipMessage Request(string method, string uri, params string[] lines)
    {
        var text = $"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
            + "From: <sip:100@tandem.example>;tag=1\r\nTo: <sip:100@tandem.example>\r\nCall-ID: c1@192.0.2.9\r\n"
            + $"CSeq: 1 {method}\r\nContact: <sip:100@192.0.2.9>\r\n{string.Concat(lines.Select(line => line + "\r\n"))}Content-Length: 0\r\n\r\n";
        var rejection = SipParser.Parse(PooledBuffer.Copy(Bytes(text)), SipLimits.Default, out var message);
        Assert.Equal(SipRejection.None, rejection);
        return message!;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
