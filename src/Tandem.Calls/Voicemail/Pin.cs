using System.Globalization;
using System.Security.Cryptography;

namespace Tandem.Calls.Voicemail;

/// <summary>
/// PINs of voicemail, as they are stored: PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2), <c>pbkdf2-sha256$iterations$salt$hash</c>. Making and checking one costs some 50 ms of CPU and
/// belongs on no shard. A PIN has few digits: what keeps people from guessing is <see cref="PinGuard"/>.
/// </summary>
public static class Pin
{
    /// <summary>Digits of the longest.</summary>
    public const int MostDigits = 12;

    private const string Scheme = "pbkdf2-sha256";
    private const int Iterations = 200_000;
    private const int SaltSize = 16;
    private const int HashSize = 32;

    /// <summary>True for <paramref name="least"/> to 12 digits that are not all the same.</summary>
    public static bool IsGood(string pin, int least) =>
        pin.Length >= least && pin.Length is > 0 and <= MostDigits && !pin.AsSpan().ContainsAnyExceptInRange('0', '9') && pin.AsSpan().ContainsAnyExcept(pin[0]);

    /// <summary>What is stored for a PIN.</summary>
    public static string Hash(string pin, int iterations = Iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        var hash = Rfc2898DeriveBytes.Pbkdf2(pin, salt, iterations, HashAlgorithmName.SHA256, HashSize);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    /// <summary>True when the PIN made this hash; never for an empty or a damaged one.</summary>
    public static bool Verify(string stored, string pin)
    {
        var parts = stored.Split('$');
        Span<byte> salt = stackalloc byte[SaltSize];
        Span<byte> expected = stackalloc byte[HashSize];
        if (parts.Length != 4 || parts[0] != Scheme || pin.Length is 0 or > MostDigits
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations < 1
            || !Convert.TryFromBase64String(parts[2], salt, out var saltLength) || saltLength != SaltSize
            || !Convert.TryFromBase64String(parts[3], expected, out var hashLength) || hashLength != HashSize)
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(expected, Rfc2898DeriveBytes.Pbkdf2(pin, salt, iterations, HashAlgorithmName.SHA256, HashSize));
    }
}
