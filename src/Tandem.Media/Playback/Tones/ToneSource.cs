using Tandem.Media.Audio;

namespace Tandem.Media.Playback.Tones;

/// <summary>Plays a tone, without end or a number of times. Its lengths are exact to the sample, whatever is read at a time.</summary>
public sealed class ToneSource : IAudioSource
{
    /// <summary>A sine of full scale has this level in G.711 µ-law (ITU-T G.711 table 6).</summary>
    private const double FullScaleLevel = 3.17;

    /// <summary>How much a modulated tone swells and fades, after the common 85 %.</summary>
    private const double Depth = 0.85;

    private readonly ToneCadence _cadence;
    private readonly double _amplitude;
    private readonly long[] _ends;
    private int _rounds;
    private int _segment = -1;
    private long _left;
    private Oscillator _first;
    private Oscillator _second;

    /// <param name="cadence">The pattern.</param>
    /// <param name="sampleRate">Hertz.</param>
    /// <param name="level">The level in dBm0, of both frequencies together where there are two.</param>
    /// <param name="times">How often the pattern is played; 0 for without end.</param>
    public ToneSource(ToneCadence cadence, int sampleRate, double level = -10, int times = 0)
    {
        _cadence = cadence;
        SampleRate = sampleRate;
        _amplitude = short.MaxValue * Math.Pow(10, (level - FullScaleLevel) / 20);
        _rounds = times;

        // Ends are computed from the beginning, so that no rounding adds up.
        _ends = new long[cadence.Segments.Length];
        long milliseconds = 0;
        for (var i = 0; i < _ends.Length; i++)
        {
            milliseconds += cadence.Segments[i].Milliseconds;
            _ends[i] = cadence.Segments[i].Milliseconds == 0 ? long.MaxValue : milliseconds * sampleRate / 1_000;
        }
    }

    public int SampleRate { get; }

    public int Read(Span<short> samples)
    {
        var done = 0;
        while (done < samples.Length)
        {
            if (_left == 0 && !TryTurn())
                break;

            var count = (int)Math.Min(samples.Length - done, _left);
            Write(_cadence.Segments[_segment], samples.Slice(done, count));
            done += count;
            if (_left != long.MaxValue)
                _left -= count;
        }

        return done;
    }

    public void Dispose()
    {
    }

    private bool TryTurn()
    {
        if (++_segment == _ends.Length)
        {
            if (_rounds == 1)
                return false;

            if (_rounds > 1)
                _rounds--;
            _segment = 0;
        }

        _left = _ends[_segment] == long.MaxValue ? long.MaxValue : _ends[_segment] - (_segment == 0 ? 0 : _ends[_segment - 1]);
        var segment = _cadence.Segments[_segment];
        if (segment.IsPause)
            return true;

        // Two frequencies share the power; a modulated one has a peak of 1 + depth.
        var amplitude = segment.Second == 0 ? _amplitude : segment.IsModulated ? _amplitude / (1 + Depth) : _amplitude / Math.Sqrt(2);
        _first = new Oscillator(segment.First, SampleRate, amplitude);
        _second = segment.Second == 0 ? default : new Oscillator(segment.Second, SampleRate, segment.IsModulated ? Depth : amplitude);
        return true;
    }

    private void Write(ToneSegment segment, Span<short> samples)
    {
        if (segment.IsPause)
        {
            samples.Clear();
        }
        else if (segment.Second == 0)
        {
            foreach (ref var sample in samples)
                sample = (short)Math.Round(_first.Next());
        }
        else if (segment.IsModulated)
        {
            foreach (ref var sample in samples)
                sample = (short)Math.Round(_first.Next() * (1 + _second.Next()));
        }
        else
        {
            foreach (ref var sample in samples)
                sample = (short)Math.Clamp(Math.Round(_first.Next() + _second.Next()), short.MinValue, short.MaxValue);
        }
    }
}
