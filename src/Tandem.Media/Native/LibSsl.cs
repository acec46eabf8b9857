using System.Runtime.InteropServices;

namespace Tandem.Media.Native;

/// <summary>What we use of libssl (OpenSSL 3): DTLS 1.2 over memory BIOs.</summary>
internal static unsafe partial class LibSsl
{
    public const string Library = NativeLibraries.Ssl;

    public const int VersionDtls12 = 0xFEFD;

    // SSL_CTX_ctrl and SSL_ctrl.
    public const int ControlSetMtu = 17;
    public const int ControlMode = 33;
    public const int ControlSessionCache = 44;
    public const int ControlMaxCertificateList = 51;
    public const int ControlMaxSendFragment = 52;
    public const int ControlDtlsGetTimeout = 73;
    public const int ControlDtlsHandleTimeout = 74;
    public const int ControlGroups = 92;
    public const int ControlMinVersion = 123;
    public const int ControlMaxVersion = 124;

    // SSL_OP_*.
    public const ulong OptionNoQueryMtu = 1UL << 12;
    public const ulong OptionCookieExchange = 1UL << 13;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    /// <summary>SSL_MODE_RELEASE_BUFFERS: an idle association gives its read buffer back.</summary>
    public const int ModeReleaseBuffers = 0x10;

    /// <summary>SSL_VERIFY_PEER with SSL_VERIFY_FAIL_IF_NO_PEER_CERT.</summary>
    public const int VerifyRequired = 3;

    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;

    /// <summary>SSL_RECEIVED_SHUTDOWN: close_notify or a fatal alert came, authenticated.</summary>
    public const int ReceivedShutdown = 2;

    /// <summary>True when the library can be loaded here.</summary>
    public static bool IsAvailable { get; } = LibCrypto.IsAvailable && NativeLibraries.IsAvailable(Library);

    [LibraryImport(Library, EntryPoint = "DTLS_method")]
    public static partial nint DtlsMethod();

    [LibraryImport(Library, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint argument, void* pointer);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong ContextSetOptions(nint context, ulong options);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ContextSetCipherList(nint context, string list);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_use_certificate_ASN1")]
    public static partial int ContextUseCertificate(nint context, int length, byte* der);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_use_PrivateKey_ASN1")]
    public static partial int ContextUsePrivateKey(int type, nint context, byte* der, nint length);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void ContextSetVerify(nint context, int mode, delegate* unmanaged<int, nint, int> callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cookie_generate_cb")]
    public static partial void ContextSetCookieGenerator(nint context, delegate* unmanaged<nint, byte*, uint*, int> callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cookie_verify_cb")]
    public static partial void ContextSetCookieVerifier(nint context, delegate* unmanaged<nint, byte*, uint, int> callback);

    [LibraryImport(Library, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint argument, void* pointer);

    [LibraryImport(Library, EntryPoint = "SSL_set_options")]
    public static partial ulong SetOptions(nint ssl, ulong options);

    /// <summary>Zero is success.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_set_tlsext_use_srtp", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetSrtpProfiles(nint ssl, string profiles);

    [LibraryImport(Library, EntryPoint = "SSL_get_selected_srtp_profile")]
    public static partial SrtpProtectionProfile* SelectedSrtpProfile(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(nint ssl, nint read, nint write);

    [LibraryImport(Library, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAcceptState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_ex_data")]
    public static partial int SetData(nint ssl, int index, nint data);

    [LibraryImport(Library, EntryPoint = "SSL_get_ex_data")]
    public static partial nint GetData(nint ssl, int index);

    [LibraryImport(Library, EntryPoint = "DTLS_set_timer_cb")]
    public static partial void SetTimerCallback(nint ssl, delegate* unmanaged<nint, uint, uint> callback);

    [LibraryImport(Library, EntryPoint = "SSL_do_handshake")]
    public static partial int DoHandshake(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, byte* data, int length);

    [LibraryImport(Library, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(nint ssl);

    /// <summary>Bits of SSL_SENT_SHUTDOWN and <see cref="ReceivedShutdown"/>.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_get_shutdown")]
    public static partial int GetShutdown(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_error")]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Library, EntryPoint = "SSL_export_keying_material")]
    public static partial int ExportKeyingMaterial(
        nint ssl, byte* output, nuint length, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    /// <summary>The caller frees it.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint PeerCertificate(nint ssl);

    /// <summary>SRTP_PROTECTION_PROFILE.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SrtpProtectionProfile
    {
        public byte* Name;
        public nuint Id;
    }

    /// <summary>struct timeval of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeValue
    {
        public nint Seconds;
        public nint Microseconds;
    }
}
