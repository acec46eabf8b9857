using System.Globalization;
using System.Text;
using Tandem.Calls.Security.Toll;

namespace Tandem.Storage.Toll;

/// <summary>A price list as CSV: <c>prefix,perMinute,incrementSeconds</c>, with or without that first line; the third column may be missing.</summary>
public static class TollPriceList
{
    public const string ContentType = "text/csv";

    private const string Head = "prefix,perMinute,incrementSeconds";
    private const int MostIncrement = 3_600;
    private const int DefaultIncrement = 60;

    /// <summary>The rows, or what is wrong in which line.</summary>
    public static (IReadOnlyList<TollPriceRow>? Prices, string Problem) Read(string text)
    {
        var prices = new Dictionary<string, TollPriceRow>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var trimmed = line.Trim();
            if (trimmed.IsEmpty || (number == 1 && trimmed.StartsWith("prefix", StringComparison.OrdinalIgnoreCase)))
                continue;
            if (Row(trimmed) is not { } row)
                return (null, $"line {number} is not accepted: 1 to 15 digits, a price of 0 to {Money.Most} with a decimal point, seconds of 1 to {MostIncrement}, as 4420,0.012,60");
            if (!prices.TryAdd(row.Prefix, row))
                return (null, $"line {number}: the prefix {row.Prefix} was there before");
            if (prices.Count > TollRepository.MostPrices)
                return (null, $"line {number}: at most {TollRepository.MostPrices} prices are accepted");
        }

        return ([.. prices.Values], "");
    }

    public static string Write(IReadOnlyList<TollPriceRow> prices)
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (var price in prices)
            text.Append(CultureInfo.InvariantCulture, $"{price.Prefix},{price.PerMinute:0.######},{price.IncrementSeconds}\n");
        return text.ToString();
    }

    private static TollPriceRow? Row(ReadOnlySpan<char> line)
    {
        Span<Range> parts = stackalloc Range[4];
        var count = line.Split(parts, ',', StringSplitOptions.TrimEntries);
        if (count is < 2 or > 3)
            return null;

        var prefix = line[parts[0]].TrimStart('+').ToString();
        var increment = DefaultIncrement;
        return Destinations.IsPrefix(prefix)
            && decimal.TryParse(line[parts[1]], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) && price <= Money.Most
            && (count == 2 || (int.TryParse(line[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out increment) && increment is > 0 and <= MostIncrement))
            ? new TollPriceRow(prefix, price, increment)
            : null;
    }
}
