namespace Tandem.Server.Http;

/// <summary>How a source stands after a request.</summary>
/// <param name="IsAllowed">False when the request is one too many.</param>
/// <param name="Limit">Requests of a window.</param>
/// <param name="Remaining">Requests that are left in this window.</param>
/// <param name="ResetSeconds">Seconds until the window ends.</param>
public readonly record struct RateLimitResult(bool IsAllowed, int Limit, int Remaining, int ResetSeconds)
{
    internal static RateLimitResult Of(long requests, int limit, TimeSpan left) =>
        new(requests <= limit, limit, (int)Math.Max(0, limit - requests), (int)Math.Ceiling(left.TotalSeconds));
}
