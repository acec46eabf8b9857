using System.Runtime.InteropServices;

namespace Tandem.Media.Native;

/// <summary>
/// What we use of libcrypto (OpenSSL 3). The functions of the packet path take less than a microsecond and do not block, so they
/// suppress the transition of the garbage collector.
/// </summary>
internal static unsafe partial class LibCrypto
{
    public const string Library = NativeLibraries.Crypto;

    /// <summary>EVP_CTRL_AEAD_GET_TAG.</summary>
    public const int ControlGetTag = 0x10;

    /// <summary>EVP_CTRL_AEAD_SET_TAG.</summary>
    public const int ControlSetTag = 0x11;

    /// <summary>BIO_CTRL_RESET: what a memory BIO holds is dropped.</summary>
    public const int BioReset = 1;

    /// <summary>BIO_CTRL_INFO: how much a memory BIO holds, and where.</summary>
    public const int BioInfo = 3;

    /// <summary>BIO_C_SET_BUF_MEM_EOF_RETURN: with -1, an empty memory BIO says "retry" and not "end".</summary>
    public const int BioSetEmptyReturn = 130;

    /// <summary>EVP_PKEY_EC.</summary>
    public const int KeyTypeEc = 408;

    private const ulong NoAtExit = 0x00080000;

    /// <summary>True when the library can be loaded here.</summary>
    public static bool IsAvailable { get; } = NativeLibraries.IsAvailable(Library);

    /// <summary>
    /// To be called before anything else: whoever initializes the library first decides whether it cleans up at the exit of the
    /// process, and it must not, because other threads may still be in it.
    /// </summary>
    public static void Initialize() => _ = Initialization.Done;

    [LibraryImport(Library, EntryPoint = "SHA1_Update")]
    [SuppressGCTransition]
    public static partial int Sha1Update(Sha1State* state, byte* data, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_new")]
    public static partial nint CipherNew();

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_free")]
    public static partial void CipherFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_aes_128_ctr")]
    public static partial nint Aes128Ctr();

    [LibraryImport(Library, EntryPoint = "EVP_aes_128_gcm")]
    public static partial nint Aes128Gcm();

    [LibraryImport(Library, EntryPoint = "EVP_aes_256_gcm")]
    public static partial nint Aes256Gcm();

    /// <summary>Sets cipher and key; it fetches the algorithm, which takes its time.</summary>
    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex")]
    public static partial int CipherSetKey(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    /// <summary>Sets the next IV and direction; cipher and key stay.</summary>
    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex")]
    [SuppressGCTransition]
    public static partial int CipherStart(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library, EntryPoint = "EVP_CipherUpdate")]
    [SuppressGCTransition]
    public static partial int CipherUpdate(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(Library, EntryPoint = "EVP_CipherFinal_ex")]
    [SuppressGCTransition]
    public static partial int CipherFinal(nint context, byte* output, int* written);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_ctrl")]
    [SuppressGCTransition]
    public static partial int CipherControl(nint context, int type, int argument, void* pointer);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    [SuppressGCTransition]
    public static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "ERR_peek_last_error")]
    public static partial nuint LastError();

    /// <summary>A static text, or null.</summary>
    [LibraryImport(Library, EntryPoint = "ERR_reason_error_string")]
    public static partial byte* ReasonOf(nuint error);

    [LibraryImport(Library, EntryPoint = "BIO_new")]
    public static partial nint BioNew(nint method);

    [LibraryImport(Library, EntryPoint = "BIO_s_mem")]
    public static partial nint BioMemory();

    [LibraryImport(Library, EntryPoint = "BIO_free")]
    public static partial int BioFree(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_ctrl")]
    public static partial nint BioControl(nint bio, int command, nint argument, void* pointer);

    [LibraryImport(Library, EntryPoint = "BIO_read")]
    public static partial int BioRead(nint bio, byte* data, int length);

    [LibraryImport(Library, EntryPoint = "BIO_write")]
    public static partial int BioWrite(nint bio, byte* data, int length);

    /// <summary>With no place to write to, the length of the certificate's DER.</summary>
    [LibraryImport(Library, EntryPoint = "i2d_X509")]
    public static partial int CertificateToDer(nint certificate, byte** output);

    [LibraryImport(Library, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Library, EntryPoint = "OPENSSL_init_crypto")]
    private static partial int InitializeCrypto(ulong options, nint settings);

    /// <summary>SHA_CTX: five words of state, the count of bits, a block and its fill.</summary>
    public struct Sha1State
    {
        public fixed uint Words[5];
        public uint LowBits;
        public uint HighBits;
        public fixed uint Block[16];
        public uint Fill;
    }

    private static class Initialization
    {
        public static readonly bool Done = InitializeCrypto(NoAtExit, 0) == 1;
    }
}
