using System.Globalization;
using System.Numerics;
using System.Text;

namespace Tandem.Load.Sip;

/// <summary>Times in microseconds, in buckets of 3 %.</summary>
internal sealed class Histogram
{
    private const int PerOctave = 32;

    private readonly long[] _counts = new long[40 * PerOctave];

    public long Count { get; private set; }

    public void Add(double microseconds)
    {
        _counts[Bucket((long)Math.Max(0, microseconds))]++;
        Count++;
    }

    /// <summary>The time that this share of all did not exceed, in microseconds; 0 when there is none.</summary>
    public double Quantile(double share)
    {
        var left = (long)Math.Ceiling(share * Count);
        for (var i = 0; i < _counts.Length && Count > 0; i++)
        {
            left -= _counts[i];
            if (left <= 0)
                return UpperBound(i);
        }

        return 0;
    }

    /// <summary>One line, which <see cref="Merge"/> reads.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
                text.Append(CultureInfo.InvariantCulture, $"{i}:{_counts[i]} ");
        }

        return text.ToString().TrimEnd();
    }

    public void Merge(string text)
    {
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':');
            var count = long.Parse(part[(colon + 1)..], CultureInfo.InvariantCulture);
            _counts[int.Parse(part[..colon], CultureInfo.InvariantCulture)] += count;
            Count += count;
        }
    }

    // Below 32 one bucket a microsecond; above, 32 to each doubling.
    private static int Bucket(long value)
    {
        if (value < PerOctave)
            return (int)value;

        var octave = BitOperations.Log2((ulong)value) - 5;
        return Math.Min((octave * PerOctave) + (int)(value >> octave), (40 * PerOctave) - 1);
    }

    private static double UpperBound(int bucket)
    {
        if (bucket < PerOctave)
            return bucket + 1;

        var octave = (bucket / PerOctave) - 1;
        return ((bucket % PerOctave) + PerOctave + 1.0) * (1L << octave);
    }
}
