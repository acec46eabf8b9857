using System.Buffers.Binary;
using System.Security.Cryptography;
using Tandem.Media.Native;

namespace Tandem.Media.Srtp;

/// <summary>AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714 §8, §9) by libcrypto, its contexts kept.</summary>
internal sealed class AeadAesGcm : SrtpSuite
{
    private const int Tag = 16;
    private const int RtcpHeaderLength = 8;
    private const int WordLength = 4;
    private const uint EncryptedBit = 0x80000000;

    private readonly Session _rtp;
    private readonly Session _rtcp;

    public AeadAesGcm(SrtpKey key)
        : this(new Session(key, SrtpKeyDerivation.RtpEncryption, SrtpKeyDerivation.RtpSalt), new Session(key, SrtpKeyDerivation.RtcpEncryption, SrtpKeyDerivation.RtcpSalt))
    {
    }

    private AeadAesGcm(Session rtp, Session rtcp)
        : base(Tag, Tag, indexFollowsTag: true)
    {
        _rtp = rtp;
        _rtcp = rtcp;
    }

    /// <summary>Works with session keys as given, without derivation: the vectors of RFC 7714 §16 and §17 begin there.</summary>
    internal static AeadAesGcm FromSessionKeys(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt) => new(new Session(key, salt), new Session(key, salt));

    public override void ProtectRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index) =>
        _rtp.Seal(ssrc, index, packet[..headerLength], default, packet[headerLength..^Tag], packet[^Tag..]);

    public override bool UnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index) =>
        _rtp.Open(ssrc, index, packet[..headerLength], default, packet[headerLength..^Tag], packet[^Tag..]);

    // §9.2, §9.3: header and index word are associated data; without the E bit the whole packet is.
    public override void ProtectRtcp(Span<byte> packet, uint ssrc, uint word)
    {
        var clear = (word & EncryptedBit) != 0 ? RtcpHeaderLength : packet.Length - Tag - WordLength;
        _rtcp.Seal(ssrc, word & ~EncryptedBit, packet[..clear], packet[^WordLength..], packet[clear..^(Tag + WordLength)], packet[^(Tag + WordLength)..^WordLength]);
    }

    public override bool UnprotectRtcp(Span<byte> packet, uint ssrc, uint word)
    {
        var clear = (word & EncryptedBit) != 0 ? RtcpHeaderLength : packet.Length - Tag - WordLength;
        return _rtcp.Open(ssrc, word & ~EncryptedBit, packet[..clear], packet[^WordLength..], packet[clear..^(Tag + WordLength)], packet[^(Tag + WordLength)..^WordLength]);
    }

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    /// <summary>Key and salt of RTP or of RTCP.</summary>
    private sealed unsafe class Session : IDisposable
    {
        private const int NonceLength = 12;

        private readonly EvpCipher _cipher;
        private readonly byte[] _salt = new byte[NonceLength];

        public Session(SrtpKey master, byte encryption, byte salt)
        {
            Span<byte> key = stackalloc byte[master.Key.Length];
            SrtpKeyDerivation.Derive(master, encryption, key);
            SrtpKeyDerivation.Derive(master, salt, _salt);
            _cipher = new EvpCipher(key.Length == 32 ? LibCrypto.Aes256Gcm() : LibCrypto.Aes128Gcm(), key);
            CryptographicOperations.ZeroMemory(key);
        }

        public Session(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
        {
            salt.CopyTo(_salt);
            _cipher = new EvpCipher(key.Length == 32 ? LibCrypto.Aes256Gcm() : LibCrypto.Aes128Gcm(), key);
        }

        public void Seal(uint ssrc, ulong index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> word, Span<byte> data, Span<byte> tag)
        {
            Run(ssrc, index, header, word, data, encrypt: true);
            int written;
            byte end;
            fixed (byte* t = tag)
            {
                _ = LibCrypto.CipherFinal(_cipher.Pointer, &end, &written);
                _ = LibCrypto.CipherControl(_cipher.Pointer, LibCrypto.ControlGetTag, Tag, t);
            }

            GC.KeepAlive(_cipher);
        }

        public bool Open(uint ssrc, ulong index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> word, Span<byte> data, Span<byte> tag)
        {
            Run(ssrc, index, header, word, data, encrypt: false);
            int written;
            byte end;
            bool authentic;
            fixed (byte* t = tag)
                authentic = LibCrypto.CipherControl(_cipher.Pointer, LibCrypto.ControlSetTag, Tag, t) == 1 && LibCrypto.CipherFinal(_cipher.Pointer, &end, &written) == 1;
            if (!authentic)
            {
                // The tag is known to be wrong only after the data were decrypted: the same key stream makes them what they were.
                LibCrypto.ClearErrors();
                Run(ssrc, index, default, default, data, encrypt: true);
            }

            GC.KeepAlive(_cipher);
            return authentic;
        }

        // All but the tag, in place.
        private void Run(uint ssrc, ulong index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> word, Span<byte> data, bool encrypt)
        {
            Span<byte> nonce = stackalloc byte[NonceLength];
            Nonce(ssrc, index, nonce);
            int written;
            fixed (byte* n = nonce)
            fixed (byte* h = header)
            fixed (byte* w = word)
            fixed (byte* d = data)
            {
                var cipher = _cipher.Pointer;
                _ = LibCrypto.CipherStart(cipher, 0, 0, null, n, encrypt ? 1 : 0);
                if (header.Length > 0)
                    _ = LibCrypto.CipherUpdate(cipher, null, &written, h, header.Length);
                if (word.Length > 0)
                    _ = LibCrypto.CipherUpdate(cipher, null, &written, w, word.Length);
                if (data.Length > 0)
                    _ = LibCrypto.CipherUpdate(cipher, d, &written, d, data.Length);
            }
        }

        public void Dispose()
        {
            _cipher.Dispose();
            CryptographicOperations.ZeroMemory(_salt);
        }

        // §8.1, §9.1: two zero bytes, the SSRC and the index in 48 bits, all XOR the salt.
        private void Nonce(uint ssrc, ulong index, Span<byte> nonce)
        {
            BinaryPrimitives.WriteUInt64BigEndian(nonce, BinaryPrimitives.ReadUInt64BigEndian(_salt) ^ ((ulong)ssrc << 16) ^ (index >> 32));
            BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], BinaryPrimitives.ReadUInt32BigEndian(_salt.AsSpan(8)) ^ (uint)index);
        }
    }
}
