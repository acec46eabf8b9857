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
        : base(rtpTagLength, RtcpTag, indexFollowsTag: false)
    {
        _rtp = new Session(key, SrtpKeyDerivation.RtpEncryption, SrtpKeyDerivation.RtpAuthentication, SrtpKeyDerivation.RtpSalt);
        _rtcp = new Session(key, SrtpKeyDerivation.RtcpEncryption, SrtpKeyDerivation.RtcpAuthentication, SrtpKeyDerivation.RtcpSalt);
    }

    public override long Touch(int depth) => _rtp.Touch(depth);

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
        _rtcp.Authenticate(body, default, mac);
        mac[..RtcpTag].CopyTo(packet[body.Length..]);
    }

    public override bool UnprotectRtcp(Span<byte> packet, uint ssrc, uint word)
    {
        var body = packet[..^RtcpTag];
        Span<byte> mac = stackalloc byte[HmacSha1.DigestLength];
        _rtcp.Authenticate(body, default, mac);
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
        _rtp.Authenticate(body, roc, mac);
    }

    /// <summary>The three session keys of RTP or of RTCP, side by side: a packet of one call of many finds none of them in a cache.</summary>
    private sealed class Session : IDisposable
    {
        private readonly AesCounter _counter;
        private HmacSha1 _mac;
        private ulong _saltHigh;
        private ulong _saltLow;

        public Session(SrtpKey master, byte encryption, byte authentication, byte salt)
        {
            Span<byte> key = stackalloc byte[16];
            key.Clear();
            SrtpKeyDerivation.Derive(master, salt, key[..14]);
            _saltHigh = BinaryPrimitives.ReadUInt64BigEndian(key);
            _saltLow = BinaryPrimitives.ReadUInt64BigEndian(key[8..]);
            Span<byte> mac = stackalloc byte[20];
            SrtpKeyDerivation.Derive(master, authentication, mac);
            _mac = new HmacSha1(mac);
            SrtpKeyDerivation.Derive(master, encryption, key);
            _counter = AesCounter.Create(key);
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(mac);
        }

        public long Touch(int depth) => depth == 0 ? (long)(_saltHigh ^ _saltLow) ^ _mac.Touch() : _counter.Touch();

        public void Authenticate(ReadOnlySpan<byte> data, ReadOnlySpan<byte> tail, Span<byte> mac) => _mac.Compute(data, tail, mac);

        // RFC 3711 §4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16).
        public void Crypt(uint ssrc, ulong index, Span<byte> data)
        {
            Span<byte> iv = stackalloc byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(iv, _saltHigh ^ ssrc);
            BinaryPrimitives.WriteUInt64BigEndian(iv[8..], _saltLow ^ (index << 16));
            if (_counter is AesNiCounter fast)
                fast.Crypt(iv, data);
            else
                _counter.Crypt(iv, data);
        }

        public void Dispose()
        {
            _counter.Dispose();
            _mac = default;
            _saltHigh = _saltLow = 0;
        }
    }
}
