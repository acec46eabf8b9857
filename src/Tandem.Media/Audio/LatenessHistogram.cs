using System.Numerics;

namespace Tandem.Media.Audio;

/// <summary>
/// Counts durations from 1 µs to over a minute in steps of at most 25 %. Written by one thread, read by any: its cells only grow.
/// </summary>
public sealed class LatenessHistogram
{
    private const int StepsPerOctave = 4;
    private const int Octaves = 26;

    private readonly long[] _cells = new long[StepsPerOctave * Octaves];
    private long _longest;

    /// <summary>How many were counted.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            foreach (ref var cell in _cells.AsSpan())
                count += Volatile.Read(ref cell);
            return count;
        }
    }

    /// <summary>The longest.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(Volatile.Read(ref _longest));

    /// <summary>Counts one; a negative one counts as zero.</summary>
    public void Add(TimeSpan duration)
    {
        var micros = (uint)Math.Clamp(duration.Ticks / TimeSpan.TicksPerMicrosecond, 0, int.MaxValue);
        var cell = CellOf(micros);
        Volatile.Write(ref _cells[cell], _cells[cell] + 1);
        if (duration.Ticks > _longest)
            Volatile.Write(ref _longest, duration.Ticks);
    }

    /// <summary>
    /// What was counted after <paramref name="earlier"/> was taken of the same histogram, null for all: a copy that changes no more. Its longest is
    /// the upper end of the last cell.
    /// </summary>
    public LatenessHistogram Since(LatenessHistogram? earlier)
    {
        var copy = new LatenessHistogram();
        for (var cell = 0; cell < _cells.Length; cell++)
        {
            copy._cells[cell] = Volatile.Read(ref _cells[cell]) - (earlier?._cells[cell] ?? 0);
            if (copy._cells[cell] > 0)
                copy._longest = Math.Min(EndOf(cell) * TimeSpan.TicksPerMicrosecond, Volatile.Read(ref _longest));
        }

        return copy;
    }

    /// <summary>The duration that the part <paramref name="quantile"/> (0 to 1) of all does not pass: the upper end of its cell.</summary>
    public TimeSpan At(double quantile)
    {
        var left = Math.Ceiling(Count * Math.Clamp(quantile, 0, 1));
        if (left == 0)
            return TimeSpan.Zero;

        for (var cell = 0; cell < _cells.Length; cell++)
        {
            left -= Volatile.Read(ref _cells[cell]);
            if (left <= 0)
                return TimeSpan.FromTicks(Math.Min(EndOf(cell) * TimeSpan.TicksPerMicrosecond, Volatile.Read(ref _longest)));
        }

        return Longest;
    }

    // 0 to 3 µs have cells of their own; from there four cells an octave: the two bits below the highest one choose.
    private static int CellOf(uint micros)
    {
        if (micros < StepsPerOctave)
            return (int)micros;

        var octave = BitOperations.Log2(micros);
        var cell = ((octave - 1) * StepsPerOctave) + (int)((micros >> (octave - 2)) & 3);
        return Math.Min(cell, (StepsPerOctave * Octaves) - 1);
    }

    private static long EndOf(int cell)
    {
        if (cell < StepsPerOctave)
            return cell + 1;

        var octave = (cell / StepsPerOctave) + 1;
        return ((4L + (cell & 3) + 1) << (octave - 2));
    }
}
