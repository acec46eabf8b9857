using Tandem.Calls.Calls;

namespace Tandem.Calls.Routing;

/// <summary>The numbers at which the exchange answers itself. Pure.</summary>
public static class ServiceNumbers
{
    private const int LongestRoom = 16;

    /// <summary>The service at <paramref name="called"/>; null when it is none.</summary>
    public static ExchangeService? Find(string called, CallOptions options)
    {
        if (options.EchoNumber.Length > 0 && called == options.EchoNumber)
            return new ExchangeService.Echo();

        return options.RoomPrefix.Length > 0 && called.StartsWith(options.RoomPrefix, StringComparison.Ordinal) && IsRoom(called.AsSpan(options.RoomPrefix.Length))
            ? new ExchangeService.Room(called[options.RoomPrefix.Length..])
            : null;
    }

    private static bool IsRoom(ReadOnlySpan<char> name) => name.Length is > 0 and <= LongestRoom && !name.ContainsAnyExceptInRange('0', '9');
}
