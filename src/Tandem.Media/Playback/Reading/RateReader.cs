using Tandem.Media.Codecs.Resampling;

namespace Tandem.Media.Playback.Reading;

/// <summary>
/// Brings a reader to a rate of which a tick of 20 ms is a whole number of samples that the codecs share: 8000, 16000 or 48000 hertz. Files of any rate
/// play on every machine; the work is done where files are read and not on the loops.
/// </summary>
internal sealed class RateReader : ISoundReader
{
    private const int BufferSamples = 4_096;

    private readonly ISoundReader _inner;
    private readonly SincTable _table;
    private readonly short[] _input;
    private int _at;
    private int _filled;
    private int _fraction;
    private bool _isAtEnd;

    private RateReader(ISoundReader inner, int rate)
    {
        _inner = inner;
        SampleRate = rate;
        _table = SincTable.Between(inner.SampleRate, rate);
        _input = new short[BufferSamples + (2 * _table.Taps)];
        Place(0);
    }

    public SoundInfo Info => _inner.Info;

    public int SampleRate { get; }

    /// <summary>The rate for content of <paramref name="rate"/> hertz: the lowest that holds it, but at most <paramref name="maxRate"/>.</summary>
    public static int RateFor(int rate, int maxRate) => Math.Min(maxRate, rate switch { <= 8_000 => 8_000, <= 16_000 => 16_000, _ => 48_000 });

    /// <summary><paramref name="reader"/> itself when its rate is right, else one that owns it.</summary>
    public static ISoundReader Adapt(ISoundReader reader, int maxRate) => To(reader, RateFor(reader.SampleRate, maxRate));

    /// <summary>A reader of exactly <paramref name="rate"/> hertz.</summary>
    public static ISoundReader To(ISoundReader reader, int rate) => reader.SampleRate == rate ? reader : new RateReader(reader, rate);

    public int Read(Span<short> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (_at + _table.Taps > _filled && !Fill())
                return i;

            samples[i] = _table.At(_input.AsSpan(_at, _table.Taps), _fraction, SampleRate);
            _fraction += _inner.SampleRate;
            _at += _fraction / SampleRate;
            _fraction %= SampleRate;
        }

        return samples.Length;
    }

    public void Seek(long sample)
    {
        var place = (Int128)Math.Max(sample, 0) * _inner.SampleRate;
        var whole = (long)Int128.Min(place / SampleRate, long.MaxValue / 4);
        var before = _table.Half - 1;
        _inner.Seek(Math.Max(whole - before, 0));
        Place((int)Math.Max(before - whole, 0) - before);
        _fraction = (int)(place % SampleRate);
    }

    public void Dispose() => _inner.Dispose();

    // The window begins half a filter before the first sample; there is silence there.
    private void Place(int more)
    {
        _at = 0;
        _fraction = 0;
        _isAtEnd = false;
        _filled = _table.Half - 1 + more;
        _input.AsSpan(0, _filled).Clear();
    }

    // Reads on until there is a whole window; behind the last sample there is silence of half a filter.
    private bool Fill()
    {
        // The last steps of a large ratio may go beyond what was read.
        var skip = Math.Min(_at, _filled);
        _input.AsSpan(skip, _filled - skip).CopyTo(_input);
        _filled -= skip;
        _at -= skip;
        while (_filled < _at + _table.Taps)
        {
            if (_isAtEnd)
                return false;

            var read = _inner.Read(_input.AsSpan(_filled, Math.Min(BufferSamples, _input.Length - _filled)));
            if (read == 0)
            {
                _isAtEnd = true;
                read = Math.Min(_table.Half, _input.Length - _filled);
                _input.AsSpan(_filled, read).Clear();
            }

            _filled += read;
        }

        return true;
    }
}
