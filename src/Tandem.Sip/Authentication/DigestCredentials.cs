using System.Buffers.Text;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Authentication;

/// <summary>
/// The parameters of one Authorization or Proxy-Authorization field, found in one pass (RFC 7616 §3.4). Quoted values
/// stand without their quotes and with their escapes.
/// </summary>
internal ref struct DigestCredentials
{
    private const int NonceCountDigits = 8;

    public ReadOnlySpan<byte> UserName;
    public ReadOnlySpan<byte> Realm;
    public ReadOnlySpan<byte> Nonce;
    public ReadOnlySpan<byte> Uri;
    public ReadOnlySpan<byte> Response;
    public ReadOnlySpan<byte> AlgorithmText;
    public ReadOnlySpan<byte> Qop;
    public ReadOnlySpan<byte> NonceCountText;
    public ReadOnlySpan<byte> ClientNonce;

    private Parameters _seen;

    [Flags]
    private enum Parameters
    {
        None = 0,
        UserName = 1,
        Realm = 2,
        Nonce = 4,
        Uri = 8,
        Response = 16,
        Algorithm = 32,
        Qop = 64,
        NonceCount = 128,
        ClientNonce = 256,
        Unsupported = 512,
    }

    public readonly bool HasQop => (_seen & Parameters.Qop) != 0;

    /// <summary>Reads a field; false when it is not of the Digest scheme or not well-formed, or when a parameter stands twice.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out bool isDigest, out DigestCredentials credentials)
    {
        credentials = default;
        var length = SipText.TokenLength(text);
        isDigest = SipText.EqualsIgnoreCase(text[..length], "Digest"u8);
        if (!isDigest || length == text.Length || !SipText.IsSpace(text[length]))
            return false;

        var rest = text[length..];
        while (AuthParams.TryNext(ref rest, out var name, out var value))
        {
            if (!credentials.Take(name, value))
                return false;
        }

        return SipText.TrimStart(rest).Length == 0;
    }

    /// <summary>True when every parameter that the computation needs is there and proper.</summary>
    public readonly bool IsComplete()
    {
        const Parameters Required = Parameters.UserName | Parameters.Realm | Parameters.Nonce | Parameters.Uri | Parameters.Response;
        if ((_seen & Required) != Required || (_seen & Parameters.Unsupported) != 0 || UserName.Length == 0)
            return false;

        // RFC 7616 §3.4: with qop both nc and cnonce are there. Only "auth" was offered.
        const Parameters WithQop = Parameters.NonceCount | Parameters.ClientNonce;
        return !HasQop || ((_seen & WithQop) == WithQop && SipText.EqualsIgnoreCase(Qop, "auth"u8));
    }

    /// <summary>The nonce count: eight hexadecimal digits, at least 1.</summary>
    public readonly bool TryGetNonceCount(out uint count) =>
        Utf8Parser.TryParse(NonceCountText, out count, out var used, 'x')
        && used == NonceCountDigits && NonceCountText.Length == NonceCountDigits && count > 0;

    /// <summary>The algorithm, MD5 when none is named; false for one that we do not speak, session variants among them.</summary>
    public readonly bool TryGetAlgorithm(out DigestAlgorithm algorithm)
    {
        algorithm = DigestAlgorithm.Md5;
        if ((_seen & Parameters.Algorithm) == 0 || SipText.EqualsIgnoreCase(AlgorithmText, "MD5"u8))
            return true;

        algorithm = DigestAlgorithm.Sha256;
        return SipText.EqualsIgnoreCase(AlgorithmText, "SHA-256"u8);
    }

    private bool Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => name.Length switch
    {
        2 when Is(name, "nc"u8) => Set(Parameters.NonceCount, ref NonceCountText, value),
        3 when Is(name, "uri"u8) => Set(Parameters.Uri, ref Uri, value),
        3 when Is(name, "qop"u8) => Set(Parameters.Qop, ref Qop, value),
        5 when Is(name, "nonce"u8) => Set(Parameters.Nonce, ref Nonce, value),
        5 when Is(name, "realm"u8) => Set(Parameters.Realm, ref Realm, value),
        6 when Is(name, "cnonce"u8) => Set(Parameters.ClientNonce, ref ClientNonce, value),
        8 when Is(name, "username"u8) => Set(Parameters.UserName, ref UserName, value),
        8 when Is(name, "response"u8) => Set(Parameters.Response, ref Response, value),
        8 when Is(name, "userhash"u8) => TakeUserHash(value),
        9 when Is(name, "algorithm"u8) => Set(Parameters.Algorithm, ref AlgorithmText, value),

        // The extended notation of RFC 5987: names here are numbers, so it was never offered a reason to exist.
        9 when Is(name, "username*"u8) => TakeUnsupported(),
        _ => true,
    };

    private bool TakeUserHash(ReadOnlySpan<byte> value) => !Is(value, "true"u8) || TakeUnsupported();

    private bool TakeUnsupported()
    {
        _seen |= Parameters.Unsupported;
        return true;
    }

    private bool Set(Parameters parameter, ref ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        if ((_seen & parameter) != 0)
            return false;

        _seen |= parameter;
        field = value;
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) => SipText.EqualsIgnoreCase(text, name);
}
