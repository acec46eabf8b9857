using Tandem.Media.Native;

namespace Tandem.Media.Codecs.Opus;

/// <summary>
/// Opus (RFC 6716, 7587) by libopus. One channel: packets of two are mixed down by the decoder. The rate is chosen when it is made;
/// libopus decodes any packet at any of them.
/// </summary>
internal sealed unsafe class OpusDecoder : IAudioDecoder
{
    private readonly nint _state;
    private bool _isFreed;

    /// <param name="sampleRate">8000, 12000, 16000, 24000 or 48000.</param>
    public OpusDecoder(int sampleRate)
    {
        int error;
        _state = LibOpus.DecoderCreate(sampleRate, 1, &error);
        if (_state == 0)
            throw new InvalidOperationException($"libopus makes no decoder at {sampleRate} Hz: error {error}");
        SampleRate = sampleRate;
    }

    ~OpusDecoder() => Free();

    public int SampleRate { get; }

    /// <summary>The shortest piece that libopus conceals: 2.5 ms.</summary>
    private int Step => SampleRate / 400;

    /// <summary>The longest packet (RFC 7587 §4.2): 120 ms.</summary>
    private int Longest => SampleRate * 120 / 1000;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        // An empty payload means "lost" to libopus; on the wire it is nothing.
        if (payload.IsEmpty || samples.IsEmpty)
            return 0;

        fixed (byte* bytes = payload)
        fixed (short* output = samples)
        {
            var count = LibOpus.Decode(_state, bytes, payload.Length, output, samples.Length, 0);
            return Math.Max(count, 0);
        }
    }

    public bool Conceal(Span<short> samples)
    {
        while (samples.Length >= Step)
        {
            var piece = Math.Min(samples.Length - (samples.Length % Step), Longest);
            if (!Fill(default, samples[..piece], false))
                return false;
            samples = samples[piece..];
        }

        if (samples.IsEmpty)
            return true;

        Span<short> last = stackalloc short[Step];
        if (!Fill(default, last, false))
            return false;
        last[..samples.Length].CopyTo(samples);
        return true;
    }

    public bool Recover(ReadOnlySpan<byte> next, Span<short> samples) =>
        samples.Length >= Step && samples.Length <= Longest && samples.Length % Step == 0
        && OpusPacket.HasRedundancy(next) && Fill(next, samples, true);

    public int SamplesOf(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return 0;

        fixed (byte* bytes = payload)
            return Math.Max(LibOpus.PacketSamples(bytes, payload.Length, SampleRate), 0);
    }

    public void Reset() => LibOpus.DecoderControl(_state, LibOpus.ResetState, 0);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private bool Fill(ReadOnlySpan<byte> next, Span<short> samples, bool fec)
    {
        fixed (byte* bytes = next)
        fixed (short* output = samples)
            return LibOpus.Decode(_state, bytes, next.Length, output, samples.Length, fec ? 1 : 0) == samples.Length;
    }

    private void Free()
    {
        if (_isFreed)
            return;
        _isFreed = true;
        if (_state != 0)
            LibOpus.DecoderDestroy(_state);
    }
}
