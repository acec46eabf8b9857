using System.Text;

namespace Tandem.Media.Rtcp;

/// <summary>Canonical names that tell nothing about us: random, for one session (RFC 7022 §4.2, §5).</summary>
public static class RtcpCname
{
    private const int RandomBytes = 12;

    /// <summary>96 bits as base64.</summary>
    /// <param name="random">Cryptographic.</param>
    public static byte[] Create(Random random)
    {
        Span<byte> bits = stackalloc byte[RandomBytes];
        random.NextBytes(bits);
        return Encoding.ASCII.GetBytes(Convert.ToBase64String(bits));
    }
}
