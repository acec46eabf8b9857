using System.Globalization;

namespace Tandem.Storage.Journal;

/// <summary>
/// Bounds of the partial indexes of long and of dear calls. A search says the highest bound that it fits in words of its own, so that both databases see
/// which index serves, whatever its parameters are.
/// </summary>
internal static class CdrTiers
{
    // 10 minutes, 1 hour, 4 hours.
    private static readonly long[] Durations = [600_000, 3_600_000, 14_400_000];

    // Of the currency of the price list, in millionths.
    private static readonly long[] Prices = [1_000_000, 10_000_000, 100_000_000];

    /// <summary>Words to add to a search for durations of at least so many milliseconds.</summary>
    public static string OfDuration(long least) => Words("duration_ms", Durations, least);

    /// <summary>Words to add to a search for prices of at least so many millionths.</summary>
    public static string OfPrice(long least) => Words("price_micros", Prices, least) is { Length: > 0 } words ? words : " AND price_micros > 0";

    private static string Words(string column, long[] tiers, long least)
    {
        var words = "";
        foreach (var tier in tiers)
        {
            if (least >= tier)
                words = string.Create(CultureInfo.InvariantCulture, $" AND {column} >= {tier}");
        }

        return words;
    }
}
