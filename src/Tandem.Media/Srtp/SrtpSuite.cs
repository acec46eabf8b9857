using Tandem.Media.Native;

namespace Tandem.Media.Srtp;

/// <summary>
/// The transforms of one cipher suite under the session keys of one direction. It keeps no state between packets: index, replay and
/// the table of SSRCs are <see cref="SrtpContext"/>'s. Master key identifiers are cut off and put on outside. One loop owns it.
/// </summary>
internal abstract class SrtpSuite : IDisposable
{
    private protected SrtpSuite(int rtpTagLength, int rtcpTagLength, bool indexFollowsTag) =>
        (RtpTagLength, RtcpTagLength, IndexFollowsTag) = (rtpTagLength, rtcpTagLength, indexFollowsTag);

    /// <summary>Bytes that an RTP packet grows by.</summary>
    public int RtpTagLength { get; }

    /// <summary>Bytes of the tag of an RTCP packet, without the word of its index.</summary>
    public int RtcpTagLength { get; }

    /// <summary>True when the word with the index stands behind the tag (RFC 7714 §9.2), and not before it (RFC 3711 §3.4).</summary>
    public bool IndexFollowsTag { get; }

    public static SrtpSuite Create(SrtpProfile profile, SrtpKey key)
    {
        LibCrypto.Initialize();
        return profile switch
        {
            SrtpProfile.AesCm128HmacSha1Tag80 => new AesCmHmacSha1(key, rtpTagLength: 10),
            SrtpProfile.AesCm128HmacSha1Tag32 => new AesCmHmacSha1(key, rtpTagLength: 4),
            SrtpProfile.AeadAes128Gcm or SrtpProfile.AeadAes256Gcm => new AeadAesGcm(key),
            _ => throw new ArgumentOutOfRangeException(nameof(profile)),
        };
    }

    /// <summary>Reads the keys of RTP (see <see cref="Transport.RoundTouch"/>); a suite whose keys are not ours to read has nothing to do.</summary>
    /// <param name="depth">0 or 1: what lies in the suite, and what that leads to.</param>
    public virtual long Touch(int depth) => 0;

    /// <summary>Encrypts behind the header and writes the tag.</summary>
    /// <param name="packet">The packet and behind it the room for the tag.</param>
    /// <param name="headerLength">Bytes that stay readable.</param>
    /// <param name="ssrc">Its SSRC.</param>
    /// <param name="index">ROC * 2^16 + sequence number.</param>
    public abstract void ProtectRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index);

    /// <summary>Checks the tag and decrypts; false, and the packet as it was, when the tag is wrong.</summary>
    public abstract bool UnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index);

    /// <summary>Encrypts behind the first eight bytes when <paramref name="word"/> has the E bit; the word stands in its place already.</summary>
    /// <param name="packet">The packet and behind it tag and index word, in the order of the suite.</param>
    /// <param name="ssrc">Its sender.</param>
    /// <param name="word">The E bit and the SRTCP index (RFC 3711 §3.4).</param>
    public abstract void ProtectRtcp(Span<byte> packet, uint ssrc, uint word);

    /// <summary>Checks the tag and decrypts; false, and the packet as it was, when the tag is wrong.</summary>
    public abstract bool UnprotectRtcp(Span<byte> packet, uint ssrc, uint word);

    public abstract void Dispose();
}
