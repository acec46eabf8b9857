namespace Tandem.Server.Metrics;

/// <summary>Counts durations, or other numbers, by fixed bounds. Thread-safe; an observation is three interlocked additions.</summary>
public sealed class Histogram
{
    /// <summary>The bounds that client libraries of Prometheus have when nobody names any.</summary>
    public static readonly IReadOnlyList<double> DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>The same, and what calls last.</summary>
    public static readonly IReadOnlyList<double> CallBounds = [.. DefaultBounds, 30, 60, 120, 300, 600, 1_800, 3_600];

    private const double Fraction = 1e6;

    private readonly long[] _counts;
    private long _sum;

    /// <param name="bounds">Upper bounds, inclusive, rising.</param>
    public Histogram(IReadOnlyList<double>? bounds = null)
    {
        Bounds = bounds ?? DefaultBounds;
        _counts = new long[Bounds.Count + 1];
    }

    /// <summary>The bounds; what is above the last one is counted too.</summary>
    public IReadOnlyList<double> Bounds { get; }

    /// <summary>Counts a value.</summary>
    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < Bounds.Count && value > Bounds[bucket])
            bucket++;

        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _sum, (long)(value * Fraction));
    }

    /// <summary>How many values lie in each bucket, the last one above all bounds, and their sum.</summary>
    public long[] Read(out double sum)
    {
        var counts = new long[_counts.Length];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = Volatile.Read(ref _counts[i]);
        sum = Volatile.Read(ref _sum) / Fraction;
        return counts;
    }
}
