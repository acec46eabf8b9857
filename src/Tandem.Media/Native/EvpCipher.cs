using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tandem.Media.Native;

/// <summary>An EVP_CIPHER_CTX with its key set; one thread at a time uses it. It is freed when disposed, or by its finalizer.</summary>
internal sealed unsafe class EvpCipher : SafeHandle
{
    /// <param name="algorithm">An EVP_CIPHER, see <see cref="LibCrypto"/>.</param>
    /// <param name="key">The key, as long as the algorithm wants it.</param>
    public EvpCipher(nint algorithm, ReadOnlySpan<byte> key)
        : base(0, ownsHandle: true)
    {
        SetHandle(LibCrypto.CipherNew());
        fixed (byte* k = key)
        {
            if (handle == 0 || LibCrypto.CipherSetKey(handle, algorithm, 0, k, null, 1) != 1)
            {
                LibCrypto.ClearErrors();
                throw new CryptographicException("libcrypto does not set up the cipher");
            }
        }
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer for the calls of <see cref="LibCrypto"/>; whoever uses it keeps this object alive and is not disposed meanwhile.</summary>
    public nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        LibCrypto.CipherFree(handle);
        return true;
    }
}
