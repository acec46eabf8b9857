namespace Tandem.Media.Srtp;

/// <summary>Names, numbers and sizes of the profiles.</summary>
public static class SrtpProfiles
{
    /// <summary>All, strongest first: the order in which we offer.</summary>
    public static IReadOnlyList<SrtpProfile> All { get; } =
    [
        SrtpProfile.AeadAes256Gcm,
        SrtpProfile.AeadAes128Gcm,
        SrtpProfile.AesCm128HmacSha1Tag80,
        SrtpProfile.AesCm128HmacSha1Tag32,
    ];

    /// <summary>Bytes of the master key.</summary>
    public static int KeyLength(this SrtpProfile profile) => profile == SrtpProfile.AeadAes256Gcm ? 32 : 16;

    /// <summary>Bytes of the master salt (RFC 3711 §8.2, 7714 §12).</summary>
    public static int SaltLength(this SrtpProfile profile) => profile.IsAead() ? 12 : 14;

    /// <summary>True for the GCM profiles.</summary>
    public static bool IsAead(this SrtpProfile profile) => profile is SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm;

    /// <summary>The crypto-suite of <c>a=crypto</c> (RFC 4568 §6.2, 7714 §14.1).</summary>
    public static string SuiteName(this SrtpProfile profile) => profile switch
    {
        SrtpProfile.AesCm128HmacSha1Tag80 => "AES_CM_128_HMAC_SHA1_80",
        SrtpProfile.AesCm128HmacSha1Tag32 => "AES_CM_128_HMAC_SHA1_32",
        SrtpProfile.AeadAes128Gcm => "AEAD_AES_128_GCM",
        SrtpProfile.AeadAes256Gcm => "AEAD_AES_256_GCM",
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    /// <summary>The profile of a crypto-suite's name; names are compared without case (RFC 4568 §9.1 through RFC 5234 §2.3).</summary>
    public static bool TryFromSuiteName(ReadOnlySpan<char> name, out SrtpProfile profile)
    {
        foreach (var candidate in Enum.GetValues<SrtpProfile>())
        {
            if (name.Equals(candidate.SuiteName(), StringComparison.OrdinalIgnoreCase))
            {
                profile = candidate;
                return true;
            }
        }

        profile = default;
        return false;
    }

    /// <summary>The number in the use_srtp extension (RFC 5764 §4.1.2, 7714 §14.2), which is OpenSSL's as well.</summary>
    internal static int ProtectionId(this SrtpProfile profile) => profile switch
    {
        SrtpProfile.AesCm128HmacSha1Tag80 => 1,
        SrtpProfile.AesCm128HmacSha1Tag32 => 2,
        SrtpProfile.AeadAes128Gcm => 7,
        SrtpProfile.AeadAes256Gcm => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    /// <summary>The profile of a number of the use_srtp extension.</summary>
    internal static bool TryFromProtectionId(int id, out SrtpProfile profile)
    {
        foreach (var candidate in Enum.GetValues<SrtpProfile>())
        {
            if (candidate.ProtectionId() == id)
            {
                profile = candidate;
                return true;
            }
        }

        profile = default;
        return false;
    }
}
