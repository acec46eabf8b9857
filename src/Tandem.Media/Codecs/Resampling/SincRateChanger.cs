namespace Tandem.Media.Codecs.Resampling;

/// <summary>
/// Any rate to any other by our own filter, where libspeexdsp is not installed: slower, and it passes a little less of the band. It allocates nothing
/// after it was made.
/// </summary>
internal sealed class SincRateChanger : IRateChanger
{
    private const int ChunkSamples = 1024;

    private readonly int _from;
    private readonly int _to;
    private readonly SincTable _table;

    // A whole window less one sample from before, then what came.
    private readonly short[] _input;
    private int _at;
    private int _filled;
    private int _fraction;

    public SincRateChanger(int fromRate, int toRate)
    {
        _from = fromRate;
        _to = toRate;
        _table = SincTable.Between(fromRate, toRate);
        _input = new short[_table.Taps + ChunkSamples];
        Reset();
    }

    public int Delay => (int)((long)_table.Half * _to / _from);

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        for (var written = 0; ;)
        {
            var taken = Math.Min(input.Length, _input.Length - _filled);
            input[..taken].CopyTo(_input.AsSpan(_filled));
            input = input[taken..];
            _filled += taken;
            for (; _at + _table.Taps <= _filled && written < output.Length; written++)
            {
                output[written] = _table.At(_input.AsSpan(_at, _table.Taps), _fraction, _to);
                _fraction += _from;
                _at += _fraction / _to;
                _fraction %= _to;
            }

            // The last step of a large ratio may go beyond what came.
            var past = Math.Min(_at, _filled);
            _input.AsSpan(past, _filled - past).CopyTo(_input);
            _filled -= past;
            _at -= past;
            if (taken == 0 || input.IsEmpty)
                return written;
        }
    }

    public void Reset()
    {
        _at = 0;
        _fraction = 0;
        _filled = _table.Taps - 1;
        _input.AsSpan(0, _filled).Clear();
    }

    public void Dispose()
    {
        // Nothing native is held.
    }
}
