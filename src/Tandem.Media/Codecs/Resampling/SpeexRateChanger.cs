using Tandem.Media.Native;

namespace Tandem.Media.Codecs.Resampling;

/// <summary>Any rate to any other by libspeexdsp.</summary>
internal sealed unsafe class SpeexRateChanger : IRateChanger
{
    private nint _state;

    /// <param name="quality">0 to 10.</param>
    public SpeexRateChanger(int fromRate, int toRate, int quality)
    {
        int error;
        _state = LibSpeexDsp.Create(1, (uint)fromRate, (uint)toRate, quality, &error);
        if (_state == 0)
            throw new InvalidOperationException($"libspeexdsp makes no resampler from {fromRate} to {toRate} Hz: error {error}");
        Delay = LibSpeexDsp.OutputLatency(_state);
    }

    ~SpeexRateChanger() => Free();

    public int Delay { get; }

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        var written = 0;
        fixed (short* source = input)
        fixed (short* target = output)
        {
            // The library takes what its buffer holds, a few hundred samples at a time.
            for (var read = 0; read < input.Length && written < output.Length;)
            {
                var taken = (uint)(input.Length - read);
                var given = (uint)(output.Length - written);
                if (LibSpeexDsp.Process(_state, 0, source + read, &taken, target + written, &given) != 0 || (taken == 0 && given == 0))
                    break;
                read += (int)taken;
                written += (int)given;
            }
        }

        return written;
    }

    public void Reset() => LibSpeexDsp.Reset(_state);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_state == 0)
            return;
        LibSpeexDsp.Destroy(_state);
        _state = 0;
    }
}
