using Tandem.Media.Codecs;

namespace Tandem.Media.Mixing;

/// <summary>
/// Brings 20 ms from one rate to another, tick after tick. Where the rates are the same it copies; the resampler is made when they first
/// differ and made anew when they change. Owned by one loop.
/// </summary>
internal sealed class RateConverter : IDisposable
{
    private Resampler? _resampler;
    private int _from;
    private int _to;

    /// <summary>Fills <paramref name="result"/> whole: 20 ms at <paramref name="toRate"/>.</summary>
    public void Convert(ReadOnlySpan<short> samples, int fromRate, Span<short> result, int toRate)
    {
        if (fromRate == toRate)
        {
            var count = Math.Min(samples.Length, result.Length);
            samples[..count].CopyTo(result);
            result[count..].Clear();
            return;
        }

        if (_resampler is null || _from != fromRate || _to != toRate)
        {
            _resampler?.Dispose();
            _resampler = new Resampler(fromRate, toRate);
            (_from, _to) = (fromRate, toRate);
        }

        var written = _resampler.Process(samples, result);
        result[written..].Clear();
    }

    /// <summary>Forgets what came before.</summary>
    public void Reset() => _resampler?.Reset();

    public void Dispose()
    {
        _resampler?.Dispose();
        _resampler = null;
    }
}
