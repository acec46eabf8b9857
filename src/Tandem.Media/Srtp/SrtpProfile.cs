namespace Tandem.Media.Srtp;

/// <summary>The SRTP protection profiles that we speak, with their names in SDES (RFC 4568 §6.2, 7714 §14.2) and DTLS-SRTP (RFC 5764 §4.1.2, 7714 §14.2).</summary>
public enum SrtpProfile
{
    /// <summary>AES_CM_128_HMAC_SHA1_80.</summary>
    AesCm128HmacSha1Tag80,

    /// <summary>AES_CM_128_HMAC_SHA1_32: RTP tags of 4 bytes, RTCP tags of 10.</summary>
    AesCm128HmacSha1Tag32,

    /// <summary>AEAD_AES_128_GCM.</summary>
    AeadAes128Gcm,

    /// <summary>AEAD_AES_256_GCM.</summary>
    AeadAes256Gcm,
}
