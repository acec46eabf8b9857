using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tandem.Media.Native;

/// <summary>An SSL_CTX for DTLS 1.2 in both roles: certificates are wanted from every peer and judged by their fingerprint alone.</summary>
internal sealed unsafe class SslContext : SafeHandle
{
    // Self-signed RSA certificates of 1024 bits are still about: level 1 takes them. All these ciphers have records of
    // at least 25 bytes, which DtlsRecord relies on.
    private const string Ciphers = "ECDHE+AESGCM:DHE+AESGCM:ECDHE+AES:!aNULL:!eNULL:!PSK:@SECLEVEL=1";
    private const int MaxCertificateList = 16 * 1024;
    private const int MaxSendFragment = 2048;

    private static readonly byte[] CookieKey = RandomNumberGenerator.GetBytes(32);

    /// <param name="der">The certificate.</param>
    /// <param name="key">Its key, an ECPrivateKey (RFC 5915).</param>
    public SslContext(ReadOnlySpan<byte> der, ReadOnlySpan<byte> key)
        : base(0, ownsHandle: true)
    {
        LibCrypto.Initialize();
        LibCrypto.ClearErrors();
        SetHandle(LibSsl.ContextNew(LibSsl.DtlsMethod()));
        if (handle == 0 || !Configure(der, key))
        {
            LibCrypto.ClearErrors();
            throw new CryptographicException("libssl does not take the settings for DTLS");
        }
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The SSL_CTX; whoever uses it keeps this object alive.</summary>
    public nint Pointer => handle;

    /// <summary>A new SSL, which holds the context itself.</summary>
    /// <param name="retransmitMicroseconds">After how long a flight is sent again first.</param>
    /// <param name="verifySource">A ClientHello must bring a cookie that we sent to its source (RFC 6347 §4.2.1).</param>
    public nint NewConnection(uint retransmitMicroseconds, bool verifySource)
    {
        var ssl = LibSsl.New(handle);
        if (ssl == 0)
            return 0;

        _ = LibSsl.SetData(ssl, 0, (nint)retransmitMicroseconds);
        LibSsl.SetTimerCallback(ssl, &NextTimeout);
        if (verifySource)
            _ = LibSsl.SetOptions(ssl, LibSsl.OptionCookieExchange);
        GC.KeepAlive(this);
        return ssl;
    }

    protected override bool ReleaseHandle()
    {
        LibSsl.ContextFree(handle);
        return true;
    }

    private bool Configure(ReadOnlySpan<byte> der, ReadOnlySpan<byte> key)
    {
        _ = LibSsl.ContextSetOptions(
            handle,
            LibSsl.OptionNoQueryMtu | LibSsl.OptionNoTicket | LibSsl.OptionNoCompression | LibSsl.OptionServerPreference | LibSsl.OptionNoRenegotiation);
        _ = LibSsl.ContextControl(handle, LibSsl.ControlMode, LibSsl.ModeReleaseBuffers, null);
        _ = LibSsl.ContextControl(handle, LibSsl.ControlSessionCache, 0, null);
        _ = LibSsl.ContextControl(handle, LibSsl.ControlMaxCertificateList, MaxCertificateList, null);
        LibSsl.ContextSetVerify(handle, LibSsl.VerifyRequired, &AcceptCertificate);
        LibSsl.ContextSetCookieGenerator(handle, &MakeCookie);
        LibSsl.ContextSetCookieVerifier(handle, &CheckCookie);
        fixed (byte* d = der)
        fixed (byte* k = key)
        fixed (byte* groups = "X25519:P-256:P-384\0"u8)
        {
            return LibSsl.ContextControl(handle, LibSsl.ControlMinVersion, LibSsl.VersionDtls12, null) == 1
                && LibSsl.ContextControl(handle, LibSsl.ControlMaxVersion, LibSsl.VersionDtls12, null) == 1
                && LibSsl.ContextControl(handle, LibSsl.ControlMaxSendFragment, MaxSendFragment, null) == 1
                && LibSsl.ContextControl(handle, LibSsl.ControlGroups, 0, groups) == 1
                && LibSsl.ContextSetCipherList(handle, Ciphers) == 1
                && LibSsl.ContextUseCertificate(handle, der.Length, d) == 1
                && LibSsl.ContextUsePrivateKey(LibCrypto.KeyTypeEc, handle, k, key.Length) == 1;
        }
    }

    // The chain means nothing: the fingerprint is compared when the handshake is over and before keys are given out (RFC 5763 §5).
    [UnmanagedCallersOnly]
    private static int AcceptCertificate(int trusted, nint store) => 1;

    // The first time out is the association's, then it doubles; the association bounds the whole.
    [UnmanagedCallersOnly]
    private static uint NextTimeout(nint ssl, uint microseconds)
    {
        const uint Max = 4_000_000;
        return microseconds == 0 ? (uint)LibSsl.GetData(ssl, 0) : Math.Min(microseconds * 2, Max);
    }

    [UnmanagedCallersOnly]
    private static int MakeCookie(nint ssl, byte* cookie, uint* length)
    {
        Cookie(ssl, new Span<byte>(cookie, HMACSHA256.HashSizeInBytes));
        *length = HMACSHA256.HashSizeInBytes;
        return 1;
    }

    [UnmanagedCallersOnly]
    private static int CheckCookie(nint ssl, byte* cookie, uint length)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Cookie(ssl, expected);
        return CryptographicOperations.FixedTimeEquals(expected, new ReadOnlySpan<byte>(cookie, (int)length)) ? 1 : 0;
    }

    // An association has one peer, so it stands for the peer's address.
    private static void Cookie(nint ssl, Span<byte> cookie)
    {
        Span<byte> name = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(name, ssl);
        HMACSHA256.HashData(CookieKey, name, cookie);
    }
}
