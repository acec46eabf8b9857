using System.Security.Cryptography;
using System.Text;

namespace Tandem.Load.Sip;

/// <summary>Answers a digest challenge (RFC 7616, qop auth), with H(A1) of each number kept.</summary>
internal sealed class DigestAnswer(string secret)
{
    private readonly byte[] _secret = Encoding.ASCII.GetBytes(secret);
    private readonly Dictionary<(int User, bool Sha), byte[]> _hashA1 = [];
    private readonly byte[] _input = new byte[1024];
    private readonly byte[] _hashA2 = new byte[64];
    private readonly byte[] _response = new byte[64];

    /// <summary>Writes <c>Authorization: …</c> or <c>Proxy-Authorization: …</c> with its line end; false when the message has no challenge that we know.</summary>
    public bool TryWrite(MessageBuilder builder, ReadOnlySpan<byte> response, int status, int user, ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri)
    {
        var challenge = Wire.Header(response, status == 401 ? "WWW-Authenticate:"u8 : "Proxy-Authenticate:"u8);
        var nonce = Wire.Quoted(challenge, "nonce=\""u8);
        var realm = Wire.Quoted(challenge, "realm=\""u8);
        if (nonce.Length == 0)
            return false;

        var sha = challenge.IndexOf("SHA-256"u8) >= 0;
        var hashA1 = HashA1(user, realm, sha);
        var hashA2 = Hash(sha, Join(method, uri), _hashA2);
        var hasQop = challenge.IndexOf("qop="u8) >= 0;
        var digest = Hash(sha, hasQop ? Join(hashA1, nonce, "00000001"u8, "0a4f113b"u8, "auth"u8, hashA2) : Join(hashA1, nonce, hashA2), _response);
        builder.Add(status == 401 ? "Authorization: Digest username=\""u8 : "Proxy-Authorization: Digest username=\""u8).Add(user)
            .Add("\", realm=\""u8).Add(realm).Add("\", nonce=\""u8).Add(nonce).Add("\", uri=\""u8).Add(uri)
            .Add("\", response=\""u8).Add(digest).Add(sha ? "\", algorithm=SHA-256"u8 : "\", algorithm=MD5"u8);
        if (hasQop)
            builder.Add(", qop=auth, nc=00000001, cnonce=\"0a4f113b\""u8);

        builder.Add("\r\n"u8);
        return true;
    }

    private byte[] HashA1(int user, ReadOnlySpan<byte> realm, bool sha)
    {
        if (!_hashA1.TryGetValue((user, sha), out var known))
            _hashA1[(user, sha)] = known = Hash(sha, Join(Encoding.ASCII.GetBytes($"{user}"), realm, _secret), new byte[64]).ToArray();

        return known;
    }

#pragma warning disable CA5351 // MD5 is what the protocol has
    private static ReadOnlySpan<byte> Hash(bool sha, ReadOnlySpan<byte> input, byte[] hex)
    {
        Span<byte> hash = stackalloc byte[32];
        var length = sha ? SHA256.HashData(input, hash) : MD5.HashData(input, hash);
        Convert.TryToHexStringLower(hash[..length], hex, out var written);
        return hex.AsSpan(0, written);
    }
#pragma warning restore CA5351

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c = default, ReadOnlySpan<byte> d = default, ReadOnlySpan<byte> e = default, ReadOnlySpan<byte> f = default)
    {
        var at = 0;
        Put(a, ref at, true);
        Put(b, ref at, false);
        Put(c, ref at, false);
        Put(d, ref at, false);
        Put(e, ref at, false);
        Put(f, ref at, false);
        return _input.AsSpan(0, at);
    }

    private void Put(ReadOnlySpan<byte> part, ref int at, bool isFirst)
    {
        if (part.Length == 0)
            return;

        if (!isFirst)
            _input[at++] = (byte)':';
        part.CopyTo(_input.AsSpan(at));
        at += part.Length;
    }
}
