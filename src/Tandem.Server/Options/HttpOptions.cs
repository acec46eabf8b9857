namespace Tandem.Server.Options;

/// <summary>The HTTP side.</summary>
public sealed record HttpOptions
{
    /// <summary>The window of the rate limit. Default 15 minutes.</summary>
    public TimeSpan RateLimitWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Requests that one address may make in a window; 0 for no limit. Default 100.</summary>
    public int RateLimitMax { get; init; } = 100;

    /// <summary>How long a request waits to be counted with those at other nodes before it is counted here alone. 250 ms: Redis answers in less than one.</summary>
    public TimeSpan RateLimitWait { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Origins that a browser may call the API from; <c>*</c> for any (never with credentials). Default <c>*</c>.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = ["*"];

    /// <summary>
    /// Origins whose pages may speak SIP over WebSocket at /sip besides pages of this server itself; <c>same</c> for no others,
    /// <c>*</c> for all. Default same: SIP asks for a secret of its own, but a strange page should not even get to guess.
    /// </summary>
    public IReadOnlyList<string> SipOrigins { get; init; } = ["same"];

    /// <summary>How often an open WebSocket is pinged. Default 25 s: proxies and NATs forget a quiet connection after 30 to 60 s.</summary>
    public TimeSpan SipPingInterval { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Bytes of a request body. Default 1 MiB: no body of the API comes near.</summary>
    public long MaxBodyBytes { get; init; } = 1 << 20;

    /// <summary>
    /// Bytes of a body that nobody wants which are read and thrown away after the answer, before the connection is closed. Default
    /// 64 MiB, twice the largest upload: a client that sends all before it looks gets its answer.
    /// </summary>
    public long MaxDrainBytes { get; init; } = 64L << 20;

    /// <summary>How long such a body is read. Default 5 s, the time that the web server itself gives.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the answer to a POST with Idempotency-Key is kept for its repetition. Default 24 h.</summary>
    public TimeSpan IdempotencyKeep { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Such answers that are kept for each tenant in the database, the oldest goes first. At most 64 KiB each, and sealed 4 KiB on average: of longer ones fewer are kept. Default 10,000 (at most 40 MiB a tenant).</summary>
    public int IdempotencyMax { get; init; } = 10_000;

    /// <summary>
    /// How long after the last sign of life of a node a request with Idempotency-Key that it was running may be run by another. Default 60 s: four signs of life,
    /// and longer than a database is away while it changes over.
    /// </summary>
    public TimeSpan IdempotencyClaim { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a request waits while others change the same thing of the configuration, before it gets 503. Default 10 s: a change takes some milliseconds,
    /// and longer only while the database is away.
    /// </summary>
    public TimeSpan TurnWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>HTTP connections that may be open. Default 1,000.</summary>
    public int MaxConnections { get; init; } = 1_000;
}
