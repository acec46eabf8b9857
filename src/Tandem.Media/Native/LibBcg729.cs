using System.Runtime.InteropServices;

namespace Tandem.Media.Native;

/// <summary>libbcg729 1.1: ITU-T G.729 with Annex A and B, frames of 10 ms (80 samples, 10 bytes, 2 for silence).</summary>
internal static unsafe partial class LibBcg729
{
    [LibraryImport(NativeLibraries.G729, EntryPoint = "initBcg729EncoderChannel")]
    public static partial nint EncoderCreate(byte enableVad);

    [LibraryImport(NativeLibraries.G729, EntryPoint = "closeBcg729EncoderChannel")]
    public static partial void EncoderDestroy(nint encoder);

    [LibraryImport(NativeLibraries.G729, EntryPoint = "bcg729Encoder")]
    public static partial void Encode(nint encoder, short* samples, byte* payload, byte* length);

    [LibraryImport(NativeLibraries.G729, EntryPoint = "initBcg729DecoderChannel")]
    public static partial nint DecoderCreate();

    [LibraryImport(NativeLibraries.G729, EntryPoint = "closeBcg729DecoderChannel")]
    public static partial void DecoderDestroy(nint decoder);

    [LibraryImport(NativeLibraries.G729, EntryPoint = "bcg729Decoder")]
    public static partial void Decode(nint decoder, byte* payload, byte length, byte erased, byte isSilence, byte isComfortNoise, short* samples);
}
