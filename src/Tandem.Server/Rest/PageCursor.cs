using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tandem.Server.Rest;

/// <summary>Where a page ended, as a text without meaning for others: a number that orders, and the id of the last entry.</summary>
internal static class PageCursor
{
    private const int Longest = 300;

    public static string Write(long order, string id) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{order}.{id}")));

    /// <summary>What <see cref="Write"/> was given; null for anything else.</summary>
    public static (long Order, string Id)? Read(string cursor)
    {
        if (cursor.Length > Longest || !Base64Url.IsValid(cursor))
            return null;

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        var dot = text.IndexOf('.');
        return dot > 0 && long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var order) && order < 1L << 53 && !text.Contains('\0')
            ? (order, text[(dot + 1)..])
            : null;
    }

    /// <summary>The same for what is ordered by time, to the millisecond.</summary>
    public static string Write(DateTimeOffset at, string id) => Write(at.ToUnixTimeMilliseconds(), id);

    /// <inheritdoc cref="Read"/>
    public static (DateTimeOffset At, string Id)? ReadTime(string cursor) =>
        Read(cursor) is { Order: < 1L << 46 } read ? (DateTimeOffset.FromUnixTimeMilliseconds(read.Order), read.Id) : null;
}
