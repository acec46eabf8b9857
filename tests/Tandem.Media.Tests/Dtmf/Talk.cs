namespace Tandem.Media.Tests.Dtmf;

/// <summary>
/// Sound like voices and like music, the same for the same seed: what a detector of digits must not be taken in by. Voices are a glottal pulse
/// train of 70 to 450 Hz with vibrato through four wandering formants, with consonants of noise and pauses, men, women and children in turn.
/// Music is chords of up to four notes with three or eight harmonics, and whistling.
/// </summary>
internal sealed class Talk(int seed)
{
    private const double Rate = 8000;

    private readonly Random _random = new(seed);
    private readonly double[] _formants = [500, 1500, 2500, 3400];
    private readonly double[] _wanted = [500, 1500, 2500, 3400];
    private readonly double[] _y1 = new double[4];
    private readonly double[] _y2 = new double[4];
    private readonly double[] _notes = new double[4];
    private readonly double[] _phases = new double[4];
    private double _voice = 120;
    private double _pitch = 120;
    private double _glottis;
    private double _flow;
    private double _level = 8000;
    private double _vibrato;
    private int _left;
    private int _kind;
    private int _harmonics;
    private int _speakerLeft;

    public void Speak(Span<short> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (--_left <= 0)
                NextSound();

            _vibrato += 2 * Math.PI * 5.5 / Rate;
            _pitch += ((_voice * (1 + (0.03 * Math.Sin(_vibrato)))) - _pitch) / 400;
            _glottis += _pitch / Rate;
            double source;
            if (_kind == 0)
            {
                // An impulse a period, made soft by one pole.
                source = 0;
                if (_glottis >= 1)
                {
                    _glottis -= 1;
                    source = 1;
                }

                _flow = (_flow * 0.9) + source;
                source = _flow;
            }
            else
            {
                source = _kind == 1 ? (_random.NextDouble() - 0.5) * 0.6 : 0;
            }

            var value = 0.0;
            for (var f = 0; f < 4; f++)
            {
                _formants[f] += (_wanted[f] - _formants[f]) / 320;
                var radius = 1 - (Math.PI * (60 + (20 * f)) / Rate);
                var y = (source * (1 - radius)) + (2 * radius * Math.Cos(2 * Math.PI * _formants[f] / Rate) * _y1[f]) - (radius * radius * _y2[f]);
                _y2[f] = _y1[f];
                _y1[f] = y;
                value += y * (f == 0 ? 1 : f == 1 ? 0.7 : 0.4);
            }

            samples[i] = (short)Math.Clamp(value * _level * 12, short.MinValue, short.MaxValue);
        }
    }

    public void Sing(Span<short> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (--_left <= 0)
                NextChord();

            var value = 0.0;
            for (var n = 0; n < 4; n++)
            {
                if (_notes[n] == 0)
                    continue;

                _phases[n] += 2 * Math.PI * _notes[n] / Rate;
                for (var h = 1; h <= _harmonics && _notes[n] * h < 3400; h++)
                    value += Math.Sin(_phases[n] * h) / (h * h);
            }

            samples[i] = (short)Math.Clamp(value * _level / 3, short.MinValue, short.MaxValue);
        }
    }

    private void NextSound()
    {
        if ((_speakerLeft -= 1) <= 0)
        {
            _speakerLeft = _random.Next(40, 120);
            _voice = 70 + (380 * _random.NextDouble() * _random.NextDouble());
        }

        _kind = _random.Next(10) switch { < 6 => 0, < 8 => 1, _ => 2 };
        _left = (int)(Rate * (0.04 + (0.2 * _random.NextDouble())));
        _voice = Math.Clamp(_voice * (0.9 + (0.2 * _random.NextDouble())), 60, 480);
        _level = 2000 * Math.Pow(10, _random.NextDouble());
        _wanted[0] = 250 + (750 * _random.NextDouble());
        _wanted[1] = 700 + (1600 * _random.NextDouble());
        _wanted[2] = 1700 + (1300 * _random.NextDouble());
        _wanted[3] = 3000 + (700 * _random.NextDouble());
    }

    private void NextChord()
    {
        _left = (int)(Rate * (0.05 + (0.6 * _random.NextDouble())));
        _level = 2000 * Math.Pow(10, _random.NextDouble() * 0.8);
        var count = _random.Next(1, 5);

        // A note alone may be pure. Two pure ones can be a digit to the hertz, and no detector could know.
        _harmonics = count == 1 ? 1 : _random.Next(2) == 0 ? 3 : 8;
        for (var n = 0; n < 4; n++)
        {
            // The tempered scale, a little out of tune.
            _notes[n] = n < count ? 110 * Math.Pow(2, _random.Next(0, 48) / 12.0) * (1 + ((_random.NextDouble() - 0.5) * 0.01)) : 0;
        }
    }
}
