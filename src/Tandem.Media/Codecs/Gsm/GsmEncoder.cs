using Tandem.Media.Native;

namespace Tandem.Media.Codecs.Gsm;

/// <summary>GSM 06.10 full rate (RFC 3551 §4.5.8) by libgsm; packets are multiples of 20 ms.</summary>
internal sealed unsafe class GsmEncoder(int packetMilliseconds) : IAudioEncoder
{
    private nint _state = LibGsm.Create();

    ~GsmEncoder() => Free();

    public int SampleRate => 8000;

    public int MaxPayload => packetMilliseconds / 20 * GsmDecoder.FrameBytes;

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        var frames = samples.Length / GsmDecoder.FrameSamples;
        payload = payload[..(frames * GsmDecoder.FrameBytes)];
        fixed (short* input = samples)
        fixed (byte* output = payload)
        {
            for (var i = 0; i < frames; i++)
                LibGsm.Encode(_state, input + (i * GsmDecoder.FrameSamples), output + (i * GsmDecoder.FrameBytes));
        }

        return payload.Length;
    }

    public void SetLoss(double fraction)
    {
    }

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
