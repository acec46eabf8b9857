using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tandem.Media.Srtp;

/// <summary>AES_CM_128_HMAC_SHA1_80 and _32: AES in counter mode and a truncated HMAC (RFC 3711 §4.1.1, §4.2.1, §5). RTCP tags have 80 bits in both.</summary>
internal sealed class AesCmHmacSha1 : SrtpSuite
{
    private const int RtcpHeaderLength = 8;
    private const int RtcpTag = 10;
    private const int WordLength = 4;
    private const uint EncryptedBit = 0x80000000;

    private readonly Session _rtp;
    private readonly Session _rtcp;

    public AesCmHmacSha1(SrtpKey key, int rtpTagLength)
    {
        RtpTagLength = rtpTagLength;
        _rtp = new Session(key, SrtpKeyDerivation.RtpEncryption, SrtpKeyDerivation.RtpAuthentication, SrtpKeyDerivation.RtpSalt);
        _rtcp = new Session(key, SrtpKeyDerivation.RtcpEncryption, SrtpKeyDerivation.RtcpAuthentication, SrtpKeyDerivation.RtcpSalt);
    }

    public override int RtpTagLength { get; }

    public override int RtcpTagLength => RtcpTag;

    public override bool IndexFollowsTag => false;

    public override void ProtectRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        var body = packet[..^RtpTagLength];
        _rtp.Crypt(ssrc, index, body[headerLength..]);
        Span<byte> mac = stackalloc byte[HmacSha1.DigestLength];
        RtpMac(body, index, mac);
        mac[..RtpTagLength].CopyTo(packet[body.Length..]);
    }

    public override bool UnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        var body = packet[..^RtpTagLength];
        Span<byte> mac = stackalloc byte[HmacSha1.DigestLength];
        RtpMac(body, index, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..RtpTagLength], packet[body.Length..]))
            return false;

        _rtp.Crypt(ssrc, index, body[headerLength..]);
        return true;
    }

    public override void ProtectRtcp(Span<byte> packet, uint ssrc, uint word)
    {
        var body = packet[..^RtcpTag];
        if ((word & EncryptedBit) != 0)
            _rtcp.Crypt(ssrc, word & ~EncryptedBit, body[RtcpHeaderLength..^WordLength]);
        Span<byte> mac = stackalloc byte[HmacSha1.DigestLength];
        _rtcp.Mac.Compute(body, default, mac);
        mac[..RtcpTag].CopyTo(packet[body.Length..]);
    }

    public override bool UnprotectRtcp(Span<byte> packet, uint ssrc, uint word)
    {
        var body = packet[..^RtcpTag];
        Span<byte> mac = stackalloc byte[HmacSha1.DigestLength];
        _rtcp.Mac.Compute(body, default, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..RtcpTag], packet[body.Length..]))
            return false;

        if ((word & EncryptedBit) != 0)
            _rtcp.Crypt(ssrc, word & ~EncryptedBit, body[RtcpHeaderLength..^WordLength]);
        return true;
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    // RFC 3711 §4.2: the ROC is authenticated behind the packet and not sent.
    private void RtpMac(ReadOnlySpan<byte> body, ulong index, Span<byte> mac)
    {
        Span<byte> roc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(roc, (uint)(index >> 16));
        _rtp.Mac.Compute(body, roc, mac);
    }

    /// <summary>The three session keys of RTP or of RTCP.</summary>
    private sealed class Session : IDisposable
    {
        private readonly AesCounter _counter;
        private readonly byte[] _salt = new byte[16];

        public Session(SrtpKey master, byte encryption, byte authentication, byte salt)
        {
            Span<byte> key = stackalloc byte[16];
            SrtpKeyDerivation.Derive(master, encryption, key);
            _counter = AesCounter.Create(key);
            Span<byte> mac = stackalloc byte[20];
            SrtpKeyDerivation.Derive(master, authentication, mac);
            Mac = new HmacSha1(mac);
            SrtpKeyDerivation.Derive(master, salt, _salt.AsSpan(0, 14));
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(mac);
        }

        public HmacSha1 Mac { get; }

        // RFC 3711 §4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16).
        public void Crypt(uint ssrc, ulong index, Span<byte> data)
        {
            Span<byte> iv = stackalloc byte[16];
            BinaryPrimitives.WriteUInt32BigEndian(iv, BinaryPrimitives.ReadUInt32BigEndian(_salt));
            BinaryPrimitives.WriteUInt32BigEndian(iv[4..], BinaryPrimitives.ReadUInt32BigEndian(_salt.AsSpan(4)) ^ ssrc);
            BinaryPrimitives.WriteUInt64BigEndian(iv[8..], BinaryPrimitives.ReadUInt64BigEndian(_salt.AsSpan(8)) ^ (index << 16));
            _counter.Crypt(iv, data);
        }

        public void Dispose()
        {
            _counter.Dispose();
            Mac.Clear();
            CryptographicOperations.ZeroMemory(_salt);
        }
    }
}
