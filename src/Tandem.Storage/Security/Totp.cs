using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Tandem.Storage.Security;

/// <summary>One-time passwords from a shared secret: by a counter (HOTP, RFC 4226) and by the time (TOTP, RFC 6238).</summary>
public static class Totp
{
    /// <summary>Digits of our codes; what every authenticator takes.</summary>
    public const int Digits = 6;

    /// <summary>Bytes of our secrets: as long as the hash (RFC 4226 §4, R6).</summary>
    public const int KeySize = 20;

    /// <summary>Steps before and after the present one whose code is accepted too (RFC 6238 §5.2): clocks differ, and people type slowly.</summary>
    public const int Window = 1;

    private const int StepSeconds = 30;

    /// <summary>The value of a counter (RFC 4226 §5.3).</summary>
    /// <param name="digits">6 to 9.</param>
    /// <param name="hash">The hash of the HMAC; SHA-1 in RFC 4226, others in RFC 6238 §1.2.</param>
    public static string Hotp(ReadOnlySpan<byte> key, long counter, int digits, HashAlgorithmName hash)
    {
        Span<byte> message = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(message, counter);
        Span<byte> mac = stackalloc byte[64];
        var length = CryptographicOperations.HmacData(hash, key, message, mac);
        var offset = mac[length - 1] & 0x0F;
        var value = BinaryPrimitives.ReadUInt32BigEndian(mac[offset..]) & 0x7FFF_FFFF;
        var modulus = 1U;
        for (var i = 0; i < digits; i++)
            modulus *= 10;

        return (value % modulus).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The time step that a moment lies in (RFC 6238 §4.2, T0 = 0, X = 30).</summary>
    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>
    /// The step whose code this is, of those around <paramref name="at"/> and after <paramref name="last"/>; null for none. Who remembers the
    /// result as <paramref name="last"/> accepts each code once (RFC 6238 §5.2).
    /// </summary>
    public static long? Match(ReadOnlySpan<byte> key, string code, DateTimeOffset at, long last)
    {
        Span<byte> given = stackalloc byte[Digits];
        if (code.Length != Digits || !System.Text.Encoding.ASCII.TryGetBytes(code, given, out _))
            return null;

        long? found = null;
        Span<byte> right = stackalloc byte[Digits];
        for (var step = StepOf(at) - Window; step <= StepOf(at) + Window; step++)
        {
            System.Text.Encoding.ASCII.GetBytes(Hotp(key, step, Digits, HashAlgorithmName.SHA1), right);
            if (CryptographicOperations.FixedTimeEquals(given, right) && step > last)
                found ??= step;
        }

        return found;
    }
}
