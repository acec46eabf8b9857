using System.Runtime.InteropServices;

namespace Tandem.Media.Native;

/// <summary>
/// The libraries of the system that the media room uses. Each is looked for once; a library that is absent, or too old to have a
/// function that we call, is not an error: what needs it is not offered.
/// </summary>
public static class NativeLibraries
{
    public const string Opus = "libopus.so.0";
    public const string G729 = "libbcg729.so.0";
    public const string Gsm = "libgsm.so.1";
    public const string SpeexDsp = "libspeexdsp.so.1";
    public const string Ssl = "libssl.so.3";
    public const string Crypto = "libcrypto.so.3";

    private static readonly Lazy<NativeLibraryStatus[]> Listing = new(
    [
        Look(Opus, "libopus0", "the Opus codec", "opus_encode", "opus_decode", "opus_packet_parse"),
        Look(G729, "libbcg729-0", "the G.729 codec", "bcg729Encoder", "bcg729Decoder"),
        Look(Gsm, "libgsm1", "the GSM codec", "gsm_encode", "gsm_decode"),
        Look(SpeexDsp, "libspeexdsp1", "the quicker change of sample rates", "speex_resampler_process_int"),
        Look(Ssl, "libssl3", "encrypted calls of browsers (DTLS-SRTP)", "DTLS_method", "SSL_get1_peer_certificate"),
        Look(Crypto, "libssl3", "encrypted calls (SRTP)", "EVP_CipherUpdate", "SHA1_Init"),
    ]);

    /// <summary>Every library with its verdict, in a fixed order.</summary>
    public static IReadOnlyList<NativeLibraryStatus> All => Listing.Value;

    /// <summary>True when the library with this soname is there. A name that is not in <see cref="All"/> is absent.</summary>
    public static bool IsAvailable(string fileName)
    {
        foreach (var library in Listing.Value)
        {
            if (library.FileName == fileName)
                return library.IsAvailable;
        }

        return false;
    }

    // The handle is kept: LibraryImport finds the library under the same name again.
    internal static NativeLibraryStatus Look(string fileName, string package, string purpose, params ReadOnlySpan<string> functions)
    {
        var found = NativeLibrary.TryLoad(fileName, out var handle);
        foreach (var function in functions)
            found = found && NativeLibrary.TryGetExport(handle, function, out _);
        return new NativeLibraryStatus(fileName, package, purpose, found);
    }
}
