using System.Runtime.InteropServices;

namespace Tandem.Media.Native;

/// <summary>
/// libopus 1.1 or later. <c>opus_encoder_ctl</c> takes variable arguments in C; a fixed int is passed in the same registers on Linux
/// (x64 and arm64 alike), where every variable argument that we use is an int or a pointer.
/// </summary>
internal static unsafe partial class LibOpus
{
    public const int ApplicationVoip = 2048;
    public const int SetBitrate = 4002;
    public const int SetMaxBandwidth = 4004;
    public const int SetVbr = 4006;
    public const int SetComplexity = 4010;
    public const int SetInbandFec = 4012;
    public const int SetPacketLoss = 4014;
    public const int SetDtx = 4016;
    public const int SetForceChannels = 4022;
    public const int ResetState = 4028;
    public const int BandwidthNarrow = 1101;
    public const int BandwidthMedium = 1102;
    public const int BandwidthWide = 1103;
    public const int BandwidthSuperWide = 1104;
    public const int BandwidthFull = 1105;

    /// <summary>Most frames of one packet (RFC 6716 §3.2.5).</summary>
    public const int MaxFrames = 48;

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_create")]
    public static partial nint EncoderCreate(int sampleRate, int channels, int application, int* error);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_destroy")]
    public static partial void EncoderDestroy(nint encoder);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_ctl")]
    public static partial int EncoderControl(nint encoder, int request, int value);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encode")]
    public static partial int Encode(nint encoder, short* samples, int samplesPerChannel, byte* payload, int maxBytes);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_decoder_create")]
    public static partial nint DecoderCreate(int sampleRate, int channels, int* error);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_decoder_destroy")]
    public static partial void DecoderDestroy(nint decoder);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_decoder_ctl")]
    public static partial int DecoderControl(nint decoder, int request, int value);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_decode")]
    public static partial int Decode(nint decoder, byte* payload, int length, short* samples, int samplesPerChannel, int fec);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_packet_get_nb_samples")]
    public static partial int PacketSamples(byte* payload, int length, int sampleRate);

    /// <summary>Fills <paramref name="frames"/> and <paramref name="sizes"/>, room for <see cref="MaxFrames"/> each; returns the frames.</summary>
    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_packet_parse")]
    public static partial int PacketParse(byte* payload, int length, byte* toc, byte** frames, short* sizes, int* offset);
}
