using System.Runtime.InteropServices;

namespace Tandem.Media.Native;

/// <summary>libgsm 1.0: GSM 06.10 full rate, frames of 20 ms (160 samples, 33 bytes).</summary>
internal static unsafe partial class LibGsm
{
    [LibraryImport(NativeLibraries.Gsm, EntryPoint = "gsm_create")]
    public static partial nint Create();

    [LibraryImport(NativeLibraries.Gsm, EntryPoint = "gsm_destroy")]
    public static partial void Destroy(nint state);

    [LibraryImport(NativeLibraries.Gsm, EntryPoint = "gsm_encode")]
    public static partial void Encode(nint state, short* samples, byte* frame);

    [LibraryImport(NativeLibraries.Gsm, EntryPoint = "gsm_decode")]
    public static partial int Decode(nint state, byte* frame, short* samples);
}
