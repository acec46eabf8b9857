using Tandem.Media.Native;

namespace Tandem.Media.Codecs.G729;

/// <summary>G.729 Annex A by libbcg729; with silence frames (Annex B) when both sides want them. Packets are multiples of 10 ms.</summary>
internal sealed unsafe class G729Encoder(bool silence, int packetMilliseconds) : IAudioEncoder
{
    private nint _state = LibBcg729.EncoderCreate((byte)(silence ? 1 : 0));

    ~G729Encoder() => Free();

    public int SampleRate => 8000;

    public int MaxPayload => packetMilliseconds / 10 * G729Decoder.FrameBytes;

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        var length = 0;
        var frame = stackalloc byte[G729Decoder.FrameBytes];
        fixed (short* input = samples)
        {
            for (var at = 0; at + G729Decoder.FrameSamples <= samples.Length; at += G729Decoder.FrameSamples)
            {
                byte size;
                LibBcg729.Encode(_state, input + at, frame, &size);
                new ReadOnlySpan<byte>(frame, size).CopyTo(payload[length..]);
                length += size;

                // A silence frame ends its packet (RFC 3551 §4.5.6); what follows it in this packet is silence as well.
                if (size is > 0 and < G729Decoder.FrameBytes)
                {
                    for (at += G729Decoder.FrameSamples; at + G729Decoder.FrameSamples <= samples.Length; at += G729Decoder.FrameSamples)
                        LibBcg729.Encode(_state, input + at, frame, &size);
                    break;
                }
            }
        }

        return length;
    }

    public void SetLoss(double fraction)
    {
    }

    public void Reset()
    {
        LibBcg729.EncoderDestroy(_state);
        _state = LibBcg729.EncoderCreate((byte)(silence ? 1 : 0));
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
        LibBcg729.EncoderDestroy(_state);
        _state = 0;
    }
}
