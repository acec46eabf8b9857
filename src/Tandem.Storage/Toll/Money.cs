namespace Tandem.Storage.Toll;

/// <summary>Money as the tables keep it: millionths, so that both databases add it without rounding.</summary>
internal static class Money
{
    private const decimal One = 1_000_000m;

    /// <summary>The largest amount that is kept.</summary>
    public const decimal Most = 1_000_000_000m;

    public static long ToMicros(decimal amount) => (long)decimal.Round(Math.Clamp(amount, 0, Most) * One);

    public static decimal FromMicros(long micros) => micros / One;
}
