using System.Globalization;
using System.Security.Cryptography;

namespace Tandem.Storage.Security;

/// <summary>Password hashes: PBKDF2 with HMAC-SHA-256 (RFC 8018), as <c>pbkdf2-sha256$iterations$salt$hash</c>.</summary>
internal static class PasswordHash
{
    /// <summary>Iterations of new hashes (OWASP's figure for this function); about 0.2 s of CPU.</summary>
    public const int Iterations = 600_000;

    private const string Scheme = "pbkdf2-sha256";
    private const int SaltSize = 16;
    private const int HashSize = 32;

    // Compared against when there is no such user, so that both answers take the same time.
    private static readonly Lazy<string> NobodysHash = new(() => Make("nobody"));

    public static string Make(string password, int iterations = Iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashSize);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    /// <summary>True when the password made this hash. A null hash costs the same and is never matched.</summary>
    public static bool Verify(string? stored, string password)
    {
        var parts = (stored ?? NobodysHash.Value).Split('$');
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations < 1)
            return false;

        var expected = Convert.FromBase64String(parts[3]);
        var actual = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(parts[2]), iterations, HashAlgorithmName.SHA256, expected.Length);
        return CryptographicOperations.FixedTimeEquals(expected, actual) && stored is not null;
    }
}
