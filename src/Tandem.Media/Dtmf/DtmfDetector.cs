using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tandem.Core.Time;

namespace Tandem.Media.Dtmf;

/// <summary>
/// Finds DTMF in sound (ITU-T Q.24): eight Goertzel filters over blocks of 12.75 ms, every 6.4 ms. A block counts when one low and one high
/// tone hold nearly all of its energy, are of similar level, and are exactly at their frequencies, which the phase between two blocks tells;
/// a digit is four such blocks in a row of steady level: 40 ms are always enough, 23 ms never. Sans-IO, one thread, no allocation.
/// </summary>
public sealed class DtmfDetector
{
    /// <summary>Hertz at which it works: other rates are multiples.</summary>
    private const int Rate = 8000;
    private const int Block = 102;
    private const int Hop = Block / 2;

    private const int HitsToBegin = 4;

    /// <summary>Blocks without the digit that end it: 32 ms. An interruption of 10 ms spoils four at most, a pause of 40 ms seven.</summary>
    private const int MissesToEnd = 5;

    /// <summary>The faintest tone: -38 dBm0 (Q.24 wants -25 taken and -55 refused by most administrations).</summary>
    private const double FaintestDbm0 = -38;
    private const double FullScaleDbm0 = 3.14;

    /// <summary>High over low at most, dB: 4 in Q.24 Table A-1 (North America), some spare for lines.</summary>
    private const double MaxHighOverLow = 6;

    /// <summary>Low over high at most, dB: 8 in Q.24.</summary>
    private const double MaxLowOverHigh = 9.5;

    /// <summary>The two tones over any other of their groups, power.</summary>
    private const float OverOthers = 6.3f;

    /// <summary>The part of the block's energy that the two tones hold. Voice has its harmonics and formants elsewhere.</summary>
    private const float PartOfAll = 0.80f;

    /// <summary>The octave of the high tone, power: 14 dB below it. The distortion of senders is 20 dB below (ETSI ES 201 235-2).</summary>
    private const float MaxHarmonic = 0.04f;

    /// <summary>Q.24: 1.5 % off is a digit, 3.5 % is none.</summary>
    private const double MaxDeviation = 0.025;

    /// <summary>Steps of level between two blocks inside a digit, power: voice changes faster.</summary>
    private const float MaxStep = 2.5f;

    private static readonly Vector256<float> Coefficients = MakeCoefficients();
    private static readonly Vector256<float> Sines = MakeSines();
    private static readonly float HighOverLow = Power(MaxHighOverLow);
    private static readonly float LowOverHigh = Power(MaxLowOverHigh);
    private static readonly float FaintestPower = MakeFaintest();

    private readonly short[] _samples = new short[Block];
    private Moment _frameStart;
    private long _framePosition;
    private int _filled;
    private long _position;
    private float _sum;
    private int _summed;
    private int _factor = 1;

    private Tones _before;
    private Digits _ready;
    private int _readyCount;
    private int _readyAt;

    private char _candidate;
    private int _hits;
    private long _candidateStart;
    private char _digit;
    private long _digitStart;
    private long _digitEnd;
    private int _misses;

    /// <summary>A digit is being heard.</summary>
    public bool IsPressed => _digit != default;

    /// <summary>The digit being heard; meaningful while <see cref="IsPressed"/>.</summary>
    public char Pressed => _digit;

    /// <summary>Takes in a frame of sound.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="sampleRate">Hertz, a multiple of 8000; others are ignored.</param>
    /// <param name="at">When the first of them is heard: the times of digits are told by it.</param>
    public void Write(ReadOnlySpan<short> samples, int sampleRate, Moment at)
    {
        _frameStart = at;
        _framePosition = _position + _filled;
        var factor = sampleRate / Rate;
        if (factor < 1 || factor * Rate != sampleRate)
            return;

        if (factor != _factor)
        {
            _factor = factor;
            _sum = 0;
            _summed = 0;
        }

        foreach (var sample in samples)
        {
            if (factor == 1)
            {
                _samples[_filled++] = sample;
            }
            else
            {
                _sum += sample;
                if (++_summed < factor)
                    continue;

                _samples[_filled++] = (short)(_sum / factor);
                _sum = 0;
                _summed = 0;
            }

            if (_filled == Block)
            {
                Step();
                _position += Hop;
                _samples.AsSpan(Hop).CopyTo(_samples);
                _filled = Block - Hop;
            }
        }
    }

    /// <summary>Takes in silence: so that a digit before it ends. One who is silent for long needs to be told so only once.</summary>
    /// <param name="milliseconds">How long; nothing happens beyond 100 that 100 do not do.</param>
    /// <param name="at">When it begins.</param>
    public void WriteSilence(int milliseconds, Moment at)
    {
        Span<short> silence = stackalloc short[Rate / 50];
        silence.Clear();
        for (var left = Math.Min(milliseconds, 100) * Rate / 1000; left > 0; left -= silence.Length)
        {
            Write(silence[..Math.Min(left, silence.Length)], Rate, at);
            at += TimeSpan.FromMilliseconds(20);
        }
    }

    /// <summary>Takes the next digit that is over.</summary>
    public bool TryTake(out DtmfDigit digit)
    {
        digit = default;
        if (_readyCount == 0)
            return false;

        digit = _ready[_readyAt];
        _readyAt = (_readyAt + 1) % MaxReady;
        _readyCount--;
        return true;
    }

    private void Step()
    {
        var tones = Analyse(_samples);
        var found = Judge(tones);
        if (found != default && found == _candidate && IsSteady(tones, _before) && IsExact(tones, _before))
        {
            _hits++;
        }
        else
        {
            // The first block of a tone: its frequency shows with the next one.
            _candidate = found;
            _hits = found == default ? 0 : 1;
            _candidateStart = _position;
        }

        _before = tones;
        if (_digit != default)
        {
            if (found == _digit)
            {
                _misses = 0;
                _digitEnd = _position + Block;
            }
            else if (++_misses >= MissesToEnd || _hits >= HitsToBegin)
            {
                End();
            }
        }

        if (_digit == default && _hits >= HitsToBegin)
        {
            _digit = _candidate;
            _digitStart = _candidateStart;
            _digitEnd = _position + Block;
            _misses = 0;
        }
    }

    private void End()
    {
        if (_readyCount < MaxReady)
        {
            var start = new Moment(_frameStart.Ticks + ((_digitStart - _framePosition) * TimeSpan.TicksPerSecond / Rate));
            _ready[(_readyAt + _readyCount) % MaxReady] = new DtmfDigit(_digit, (int)((_digitEnd - _digitStart) * 1000 / Rate), DtmfKind.InBand, start);
            _readyCount++;
        }

        _digit = default;
    }

    private char Judge(in Tones tones)
    {
        var row = Strongest(tones.Power, 0);
        var column = Strongest(tones.Power, 4);
        var low = tones.Power.GetElement(row);
        var high = tones.Power.GetElement(column);
        if (low < FaintestPower || high < FaintestPower)
            return default;
        if (high > low * HighOverLow || low > high * LowOverHigh)
            return default;
        if ((low + high) < PartOfAll * tones.All)
            return default;

        for (var i = 0; i < 8; i++)
        {
            var strongest = i < 4 ? low : high;
            if (i != row && i != column && tones.Power.GetElement(i) * OverOthers > strongest)
                return default;
        }

        return HarmonicOf(DtmfDigits.High[column - 4]) > MaxHarmonic * high ? default : DtmfDigits.FromTones(row, column - 4);
    }

    // The energy of the block at twice a high tone: voices and instruments have their octave there, a digit has nothing.
    private float HarmonicOf(int hertz)
    {
        var radians = 2 * Math.PI * 2 * hertz / Rate;
        var coefficient = (float)(2 * Math.Cos(radians));
        var one = 0f;
        var two = 0f;
        foreach (var sample in _samples)
            (one, two) = (sample + (coefficient * one) - two, one);

        return ((one * one) + (two * two) - (coefficient * one * two)) * (2f / Block);
    }

    private static bool IsSteady(in Tones tones, in Tones before)
    {
        var row = Strongest(tones.Power, 0);
        var column = Strongest(tones.Power, 4);
        return IsNear(tones.Power.GetElement(row), before.Power.GetElement(row)) && IsNear(tones.Power.GetElement(column), before.Power.GetElement(column));

        static bool IsNear(float now, float then) => now < then * MaxStep && then < now * MaxStep;
    }

    // The phase of a tone advances by 2π f Hop / Rate between two blocks; what it advances more or less tells its true frequency.
    private static bool IsExact(in Tones tones, in Tones before) => IsExact(tones, before, Strongest(tones.Power, 0)) && IsExact(tones, before, Strongest(tones.Power, 4));

    private static bool IsExact(in Tones tones, in Tones before, int tone)
    {
        var hertz = tone < 4 ? DtmfDigits.Low[tone] : DtmfDigits.High[tone - 4];
        var now = Math.Atan2(tones.Imaginary.GetElement(tone), tones.Real.GetElement(tone));
        var then = Math.Atan2(before.Imaginary.GetElement(tone), before.Real.GetElement(tone));
        var deviation = Math.IEEERemainder(now - then - (2 * Math.PI * hertz * Hop / Rate), 2 * Math.PI);
        return Math.Abs(deviation) <= 2 * Math.PI * hertz * MaxDeviation * Hop / Rate;
    }

    private static Tones Analyse(ReadOnlySpan<short> samples)
    {
        var one = Vector256<float>.Zero;
        var two = Vector256<float>.Zero;
        var all = 0f;
        foreach (var sample in samples)
        {
            float value = sample;
            var next = Vector256.Create(value) + (Coefficients * one) - two;
            two = one;
            one = next;
            all += value * value;
        }

        // y = s1 - s2 e^(-jω): its phase is that of the tone at the last sample.
        var real = one - (two * (Coefficients * 0.5f));
        var imaginary = two * Sines;
        return new Tones(real, imaginary, ((real * real) + (imaginary * imaginary)) * (2f / samples.Length), all);
    }

    private static int Strongest(Vector256<float> power, int from)
    {
        var best = from;
        for (var i = from + 1; i < from + 4; i++)
        {
            if (power.GetElement(i) > power.GetElement(best))
                best = i;
        }

        return best;
    }

    private static float Power(double decibels) => (float)Math.Pow(10, decibels / 10);

    private static Vector256<float> MakeCoefficients() => Make(radians => 2 * Math.Cos(radians));

    private static Vector256<float> MakeSines() => Make(Math.Sin);

    private static Vector256<float> Make(Func<double, double> function)
    {
        Span<float> values = stackalloc float[8];
        for (var i = 0; i < 8; i++)
            values[i] = (float)function(2 * Math.PI * (i < 4 ? DtmfDigits.Low[i] : DtmfDigits.High[i - 4]) / Rate);
        return Vector256.Create<float>(values);
    }

    // The energy in a block of a sine at that level.
    private static float MakeFaintest()
    {
        var amplitude = 32767 * Math.Pow(10, (FaintestDbm0 - FullScaleDbm0) / 20);
        return (float)(amplitude * amplitude / 2 * Block);
    }

    private const int MaxReady = 16;

    /// <summary>One block: each tone's phasor, the energy that it holds of the block, and the energy of the block.</summary>
    private readonly record struct Tones(Vector256<float> Real, Vector256<float> Imaginary, Vector256<float> Power, float All);

    [InlineArray(MaxReady)]
    private struct Digits
    {
        private DtmfDigit _first;
    }
}
