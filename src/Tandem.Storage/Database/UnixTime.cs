namespace Tandem.Storage.Database;

/// <summary>Times as the tables keep them: milliseconds since 1970-01-01 UTC.</summary>
internal static class UnixTime
{
    public static long ToStored(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static long? ToStored(this DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static DateTimeOffset ToTime(this long stored) => DateTimeOffset.FromUnixTimeMilliseconds(stored);

    public static DateTimeOffset? ToTime(this long? stored) => stored is { } value ? value.ToTime() : null;
}
