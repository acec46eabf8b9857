using Tandem.Media.Native;

namespace Tandem.Media.Codecs.Gsm;

/// <summary>GSM 06.10 full rate (RFC 3551 §4.5.8) by libgsm: frames of 33 bytes for 20 ms, the upper half of the first byte is 0xD.</summary>
internal sealed unsafe class GsmDecoder : IAudioDecoder
{
    public const int FrameSamples = 160;
    public const int FrameBytes = 33;

    private nint _state = LibGsm.Create();

    ~GsmDecoder() => Free();

    public int SampleRate => 8000;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        var count = SamplesOf(payload);
        if (count > samples.Length)
            return 0;

        fixed (byte* bytes = payload)
        fixed (short* output = samples)
        {
            for (var i = 0; i < count / FrameSamples; i++)
            {
                if (LibGsm.Decode(_state, bytes + (i * FrameBytes), output + (i * FrameSamples)) != 0)
                    return i * FrameSamples;
            }
        }

        return count;
    }

    public bool Conceal(Span<short> samples) => false;

    public bool Recover(ReadOnlySpan<byte> next, Span<short> samples) => false;

    public int SamplesOf(ReadOnlySpan<byte> payload) => payload.Length % FrameBytes == 0 ? payload.Length / FrameBytes * FrameSamples : 0;

    public void Reset()
    {
        LibGsm.Destroy(_state);
        _state = LibGsm.Create();
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
        LibGsm.Destroy(_state);
        _state = 0;
    }
}
