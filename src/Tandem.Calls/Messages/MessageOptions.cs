namespace Tandem.Calls.Messages;

/// <summary>What passes as a MESSAGE (RFC 3428), how much of it, and how long it may take.</summary>
public sealed record MessageOptions
{
    /// <summary>The options of an installation that sets none.</summary>
    public static readonly MessageOptions Default = new();

    /// <summary>Bytes of the body of a MESSAGE that came over UDP; a larger one is answered 413. Default 1,300 (RFC 3428 §8).</summary>
    public int MaxDatagramBodyBytes { get; init; } = 1_300;

    /// <summary>Bytes of the body of a MESSAGE that came over TCP, TLS or WebSocket; a larger one is answered 413. Default 16,384: a text, no picture.</summary>
    public int MaxBodyBytes { get; init; } = 16_384;

    /// <summary>Messages that one extension may send in a minute, as many of them at once; further ones get 503 with Retry-After. Default 120; 0 for no limit.</summary>
    public int MaxPerMinute { get; init; } = 120;

    /// <summary>
    /// From the MESSAGE to the verdict: nobody answered. Default 15 s, well before the sender's own 32 s are over: 408 must not be
    /// sent for it (RFC 4320 §4.2), so it hears 480 in time.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// After this time 100 goes to the sender, so that it stops repeating itself. Default 3.5 s, when timer E has reached T2 (RFC 4320
    /// §4.1).
    /// </summary>
    public TimeSpan TryingAfter { get; init; } = TimeSpan.FromSeconds(3.5);

    /// <summary>Messages that wait for one contact, which gets one at a time (RFC 3428 §8); for further ones it counts as busy. Default 32.</summary>
    public int MaxWaitingPerContact { get; init; } = 32;

    /// <summary>Messages on their way on one shard; further ones get 503 with Retry-After. Default 10,000.</summary>
    public int MaxUnderWay { get; init; } = 10_000;
}
