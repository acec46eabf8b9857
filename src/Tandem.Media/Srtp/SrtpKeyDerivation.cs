using System.Security.Cryptography;

namespace Tandem.Media.Srtp;

/// <summary>
/// Session keys from a master key: AES in counter mode as the pseudo-random function (RFC 3711 §4.3; with a 256-bit key RFC 6188 §3).
/// The key derivation rate is zero: keys are derived once.
/// </summary>
internal static class SrtpKeyDerivation
{
    public const byte RtpEncryption = 0;
    public const byte RtpAuthentication = 1;
    public const byte RtpSalt = 2;
    public const byte RtcpEncryption = 3;
    public const byte RtcpAuthentication = 4;
    public const byte RtcpSalt = 5;

    /// <summary>Fills <paramref name="derived"/> with the key of <paramref name="label"/>.</summary>
    /// <param name="master">Salts of 12 bytes count as followed by zeros (RFC 7714 §11 through RFC 3711 §4.3.1).</param>
    /// <param name="label">One of the constants.</param>
    /// <param name="derived">Its length decides how much is derived; at most 64 KiB.</param>
    public static void Derive(SrtpKey master, byte label, Span<byte> derived)
    {
        // §4.3.1, §4.3.3: x = label * 2^48 XOR salt, the counter block is x * 2^16.
        Span<byte> counter = stackalloc byte[16];
        counter.Clear();
        master.Salt.Span.CopyTo(counter);
        counter[7] ^= label;

        using var aes = Aes.Create();
        aes.SetKey(master.Key.Span);
        Span<byte> block = stackalloc byte[16];
        for (var at = 0; at < derived.Length; at += block.Length)
        {
            counter[14] = (byte)(at >> 12);
            counter[15] = (byte)(at >> 4);
            aes.EncryptEcb(counter, block, PaddingMode.None);
            var rest = derived[at..];
            block[..Math.Min(rest.Length, block.Length)].CopyTo(rest);
        }

        CryptographicOperations.ZeroMemory(block);
    }
}
