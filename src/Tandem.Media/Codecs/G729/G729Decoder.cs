using Tandem.Media.Native;

namespace Tandem.Media.Codecs.G729;

/// <summary>
/// G.729 with Annex A and B (RFC 3551 §4.5.6) by libbcg729: frames of 10 bytes for 10 ms, and one of 2 bytes (silence) last in its packet
/// or alone.
/// </summary>
internal sealed unsafe class G729Decoder : IAudioDecoder
{
    public const int FrameSamples = 80;
    public const int FrameBytes = 10;
    public const int SilenceBytes = 2;

    private nint _state = LibBcg729.DecoderCreate();

    ~G729Decoder() => Free();

    public int SampleRate => 8000;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        var count = SamplesOf(payload);
        if (count == 0 || count > samples.Length)
            return 0;

        fixed (byte* bytes = payload)
        fixed (short* output = samples)
        {
            for (var i = 0; i < count / FrameSamples; i++)
            {
                var isSilence = payload.Length - (i * FrameBytes) == SilenceBytes;
                var length = isSilence ? SilenceBytes : FrameBytes;
                LibBcg729.Decode(_state, bytes + (i * FrameBytes), (byte)length, 0, (byte)(isSilence ? 1 : 0), 0, output + (i * FrameSamples));
            }
        }

        return count;
    }

    public bool Conceal(Span<short> samples)
    {
        var frame = stackalloc short[FrameSamples];
        while (!samples.IsEmpty)
        {
            LibBcg729.Decode(_state, null, 0, 1, 0, 0, frame);
            var piece = Math.Min(samples.Length, FrameSamples);
            new ReadOnlySpan<short>(frame, piece).CopyTo(samples);
            samples = samples[piece..];
        }

        return true;
    }

    public bool Recover(ReadOnlySpan<byte> next, Span<short> samples) => false;

    public int SamplesOf(ReadOnlySpan<byte> payload)
    {
        var (frames, rest) = Math.DivRem(payload.Length, FrameBytes);
        return rest switch
        {
            0 => frames * FrameSamples,
            SilenceBytes => (frames + 1) * FrameSamples,
            _ => 0,
        };
    }

    public void Reset()
    {
        LibBcg729.DecoderDestroy(_state);
        _state = LibBcg729.DecoderCreate();
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_state == 0)
            return;
        LibBcg729.DecoderDestroy(_state);
        _state = 0;
    }
}
