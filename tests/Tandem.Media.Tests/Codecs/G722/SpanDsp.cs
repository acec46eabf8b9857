using System.Runtime.InteropServices;

namespace Tandem.Media.Tests.Codecs.G722;

/// <summary>libspandsp's G.722, an implementation that has nothing to do with ours: the oracle.</summary>
internal static unsafe partial class SpanDsp
{
    /// <summary>Both bands alone, without the filters: the first field of the state, an int.</summary>
    public static void ByPassFilters(nint state) => *(int*)state = 1;

    [LibraryImport("libspandsp.so.2", EntryPoint = "g722_encode_init")]
    public static partial nint EncodeInit(nint state, int rate, int options);

    [LibraryImport("libspandsp.so.2", EntryPoint = "g722_encode")]
    public static partial int Encode(nint state, byte* payload, short* samples, int count);

    [LibraryImport("libspandsp.so.2", EntryPoint = "g722_encode_free")]
    public static partial int EncodeFree(nint state);

    [LibraryImport("libspandsp.so.2", EntryPoint = "g722_decode_init")]
    public static partial nint DecodeInit(nint state, int rate, int options);

    [LibraryImport("libspandsp.so.2", EntryPoint = "g722_decode")]
    public static partial int Decode(nint state, short* samples, byte* payload, int count);

    [LibraryImport("libspandsp.so.2", EntryPoint = "g722_decode_free")]
    public static partial int DecodeFree(nint state);
}
