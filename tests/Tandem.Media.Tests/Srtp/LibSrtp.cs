using System.Runtime.InteropServices;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

/// <summary>libsrtp2 as it is packaged: the oracle for our own SRTP.</summary>
internal sealed unsafe partial class LibSrtp : IDisposable
{
    public const int Ok = 0;
    public const int AuthenticationFailure = 7;
    public const int ReplayFailure = 9;
    public const int ReplayOld = 10;

    private const string Library = "libsrtp2.so.1";
    private const int AnyInbound = 2;
    private const int AnyOutbound = 3;

    private readonly nint _session;

    static LibSrtp() => Assert.Equal(Ok, Initialize());

    public LibSrtp(SrtpProfile profile, SrtpKey key, bool sends, int window)
    {
        byte[] keyAndSalt = [.. key.Key.Span, .. key.Salt.Span];
        fixed (byte* k = keyAndSalt)
        {
            var policy = default(Policy);
            policy.SsrcType = sends ? AnyOutbound : AnyInbound;
            policy.Key = k;
            policy.WindowSize = (nuint)window;
            switch (profile)
            {
                case SrtpProfile.AesCm128HmacSha1Tag80:
                    SetDefault(&policy.Rtp);
                    SetDefault(&policy.Rtcp);
                    break;
                case SrtpProfile.AesCm128HmacSha1Tag32:
                    SetTag32(&policy.Rtp);
                    SetDefault(&policy.Rtcp);
                    break;
                case SrtpProfile.AeadAes128Gcm:
                    SetGcm128(&policy.Rtp);
                    SetGcm128(&policy.Rtcp);
                    break;
                case SrtpProfile.AeadAes256Gcm:
                    SetGcm256(&policy.Rtp);
                    SetGcm256(&policy.Rtcp);
                    break;
            }

            nint session;
            Assert.Equal(Ok, Create(&session, &policy));
            _session = session;
        }
    }

    public int ProtectRtp(byte[] buffer, ref int length) => Call(&Protect, buffer, ref length);

    public int UnprotectRtp(byte[] buffer, ref int length) => Call(&Unprotect, buffer, ref length);

    public int ProtectRtcp(byte[] buffer, ref int length) => Call(&ProtectControl, buffer, ref length);

    public int UnprotectRtcp(byte[] buffer, ref int length) => Call(&UnprotectControl, buffer, ref length);

    public void Dispose() => Deallocate(_session);

    private int Call(delegate*<nint, byte*, int*, int> function, byte[] buffer, ref int length)
    {
        fixed (byte* b = buffer)
        fixed (int* l = &length)
            return function(_session, b, l);
    }

    [LibraryImport(Library, EntryPoint = "srtp_init")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "srtp_create")]
    private static partial int Create(nint* session, Policy* policy);

    [LibraryImport(Library, EntryPoint = "srtp_dealloc")]
    private static partial int Deallocate(nint session);

    [LibraryImport(Library, EntryPoint = "srtp_protect")]
    private static partial int Protect(nint session, byte* packet, int* length);

    [LibraryImport(Library, EntryPoint = "srtp_unprotect")]
    private static partial int Unprotect(nint session, byte* packet, int* length);

    [LibraryImport(Library, EntryPoint = "srtp_protect_rtcp")]
    private static partial int ProtectControl(nint session, byte* packet, int* length);

    [LibraryImport(Library, EntryPoint = "srtp_unprotect_rtcp")]
    private static partial int UnprotectControl(nint session, byte* packet, int* length);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_rtp_default")]
    private static partial void SetDefault(CryptoPolicy* policy);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32")]
    private static partial void SetTag32(CryptoPolicy* policy);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_gcm_128_16_auth")]
    private static partial void SetGcm128(CryptoPolicy* policy);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_gcm_256_16_auth")]
    private static partial void SetGcm256(CryptoPolicy* policy);

    [StructLayout(LayoutKind.Sequential)]
    private struct CryptoPolicy
    {
        public fixed uint Fields[6];
    }

    /// <summary>srtp_policy_t of version 2.5.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Policy
    {
        public int SsrcType;
        public uint Ssrc;
        public CryptoPolicy Rtp;
        public CryptoPolicy Rtcp;
        public byte* Key;
        public nint Keys;
        public nuint KeyCount;
        public nint Ekt;
        public nuint WindowSize;
        public int AllowRepeats;
        public nint EncryptedExtensions;
        public int EncryptedExtensionCount;
        public nint Next;
    }
}
