using Tandem.Media.Codecs.Resampling;
using Tandem.Media.Native;

namespace Tandem.Media.Codecs;

/// <summary>
/// Changes the rate of one stream of samples, mono, 16 bit. Factor two (8 and 16 kHz) is our own half-band filter; everything else is
/// libspeexdsp, or our own slower filter where that is not installed. One thread at a time; it allocates nothing after it was made. What is disposed may serve the next call.
/// </summary>
public sealed class Resampler : IDisposable
{
    /// <summary>Free resamplers kept of each pair of rates.</summary>
    private const int MaxPooled = 64;

    private static readonly CoderPool<(int From, int To, int Quality), IRateChanger> Pool = new(MaxPooled, Make, changer => changer.Dispose());

    private readonly (int From, int To, int Quality) _kind;
    private IRateChanger? _changer;

    /// <param name="fromHz">8000 to 48000.</param>
    /// <param name="toHz">8000 to 48000.</param>
    public Resampler(int fromHz, int toHz, CodecOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromHz, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(toHz, 1);
        _kind = (fromHz, toHz, (options ?? CodecCatalog.Options).ResamplerQuality);
        _changer = Pool.Rent(_kind);
    }

    public int FromRate => _kind.From;

    public int ToRate => _kind.To;

    /// <summary>By how much the output lags, in samples of the output; 1 to 4 ms.</summary>
    public int Delay => Changer.Delay;

    private IRateChanger Changer => _changer ?? throw new ObjectDisposedException(nameof(Resampler));

    /// <summary>Samples that <see cref="Process"/> can write for so many: the room that its output needs.</summary>
    public int MaxOutput(int inputSamples) => (int)((((long)inputSamples * ToRate) + FromRate - 1) / FromRate) + 1;

    /// <summary>
    /// Takes all of <paramref name="input"/> and returns the samples written. Pieces whose time is whole at both rates (any 10 ms) give
    /// exactly their time. <paramref name="output"/> needs room for them; <see cref="MaxOutput"/> is always enough.
    /// </summary>
    public int Process(ReadOnlySpan<short> input, Span<short> output) => Changer.Process(input, output);

    /// <summary>Forgets what came before.</summary>
    public void Reset() => Changer.Reset();

    /// <summary>Gives the filter back. A second time does nothing.</summary>
    public void Dispose()
    {
        if (_changer is not { } changer)
            return;

        _changer = null;
        changer.Reset();
        Pool.Return(_kind, changer);
    }

    private static IRateChanger Make((int From, int To, int Quality) kind)
    {
        if (kind.From == kind.To)
            return new SameRate();
        if (kind.From == 2 * kind.To)
            return new HalfBandDown();
        if (kind.To == 2 * kind.From)
            return new HalfBandUp();
        return NativeLibraries.IsAvailable(NativeLibraries.SpeexDsp) ? new SpeexRateChanger(kind.From, kind.To, kind.Quality) : new SincRateChanger(kind.From, kind.To);
    }
}
