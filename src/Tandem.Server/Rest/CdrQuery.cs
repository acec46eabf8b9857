using System.Globalization;
using Tandem.Calls.Calls;
using Tandem.Storage.Journal;

namespace Tandem.Server.Rest;

/// <summary>The parameters of a search for records.</summary>
/// <param name="From">ISO 8601; by the end of the call.</param>
/// <param name="MinDuration">Seconds of talk.</param>
/// <param name="Attempted">A profile by which the call was tried in vain.</param>
/// <param name="MinPrice">What it cost, at least.</param>
/// <param name="Ivr">The flow that its way through menus began in.</param>
/// <param name="Recorded">Whether a recording of it was made.</param>
public sealed record CdrQuery(
    DateTimeOffset? From, DateTimeOffset? To, string? Number, string? Caller, string? Callee, string? Direction, string? Result, double? MinDuration, string? Profile,
    string? Attempted, decimal? MinPrice, string? Ivr, bool? Recorded)
{
    private const int LongestNumber = 256;
    private const double LongestDuration = 31_536_000;
    private const decimal HighestPrice = 1_000_000_000;

    /// <summary>The filter, or what is wrong for people.</summary>
    internal (CdrFilter? Filter, string? Problem) Read(int limit, string? cursor)
    {
        CallDirection? direction = null;
        if (Direction is not null && (direction = Word<CallDirection>(Direction)) is null)
            return (null, $"direction must be {Words<CallDirection>()}");

        ResultClass? result = null;
        if (Result is not null && (result = Word<ResultClass>(Result)) is null)
            return (null, $"result must be {Words<ResultClass>()}");
        if (MinDuration is { } seconds && !(seconds is > 0 and <= LongestDuration))
            return (null, string.Create(CultureInfo.InvariantCulture, $"minDuration must be more than 0 and at most {LongestDuration} seconds"));

        if (MinPrice is { } price && price is not (> 0 and <= HighestPrice))
            return (null, string.Create(CultureInfo.InvariantCulture, $"minPrice must be more than 0 and at most {HighestPrice}"));

        foreach (var (name, value) in new[] { ("number", Number), ("caller", Caller), ("callee", Callee), ("profile", Profile), ("attempted", Attempted), ("ivr", Ivr) })
        {
            if (value is not null && (value.Length is 0 or > LongestNumber || value.Contains('\0')))
                return (null, $"{name} must have 1 to {LongestNumber} characters");
        }

        (long Order, string Id)? after = null;
        if (cursor is not null && (after = PageCursor.Read(cursor)) is null or { Order: >= 1L << 46 })
            return (null, "cursor must be the nextCursor of a page before");

        return (new CdrFilter(
            From, To, Number, Caller, Callee, direction, result, MinDuration is { } least ? TimeSpan.FromSeconds(least) : null, Profile, Attempted, MinPrice, Ivr, Recorded,
            after is { } last ? (DateTimeOffset.FromUnixTimeMilliseconds(last.Order), last.Id) : null, limit), null);
    }

    private static T? Word<T>(string text)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (CallText.Word(value).Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return null;
    }

    private static string Words<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(value => CallText.Word(value)));
}
