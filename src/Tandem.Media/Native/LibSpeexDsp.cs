using System.Runtime.InteropServices;

namespace Tandem.Media.Native;

/// <summary>The resampler of libspeexdsp 1.2.</summary>
internal static unsafe partial class LibSpeexDsp
{
    [LibraryImport(NativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_init")]
    public static partial nint Create(uint channels, uint fromRate, uint toRate, int quality, int* error);

    [LibraryImport(NativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_destroy")]
    public static partial void Destroy(nint state);

    [LibraryImport(NativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_process_int")]
    public static partial int Process(nint state, uint channel, short* input, uint* inputLength, short* output, uint* outputLength);

    [LibraryImport(NativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_reset_mem")]
    public static partial int Reset(nint state);

    /// <summary>The delay of the filter in samples of the output rate.</summary>
    [LibraryImport(NativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_get_output_latency")]
    public static partial int OutputLatency(nint state);
}
