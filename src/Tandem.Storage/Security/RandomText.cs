using System.Security.Cryptography;

namespace Tandem.Storage.Security;

/// <summary>Secrets that people can read aloud and type: no 0/O, 1/l/I.</summary>
public static class RandomText
{
    private const string Alphabet = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";

    /// <summary>Characters of a generated secret: 24 of 56 symbols are 139 bits.</summary>
    public const int SecretLength = 24;

    /// <summary>A new secret from the system's random generator.</summary>
    public static string Secret(int length = SecretLength) => RandomNumberGenerator.GetString(Alphabet, length);
}
