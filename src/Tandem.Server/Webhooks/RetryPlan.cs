namespace Tandem.Server.Webhooks;

/// <summary>When a failed delivery is tried again.</summary>
public static class RetryPlan
{
    private const double Growth = 4;
    private const double Jitter = 0.2;

    /// <summary>The pause after an attempt.</summary>
    /// <param name="attempts">Attempts that were made, at least 1.</param>
    /// <param name="chance">0 to 1: spreads the events that failed together.</param>
    /// <param name="asked">What the receiver asked for; it counts when it is longer, up to the longest pause.</param>
    public static TimeSpan Pause(WebhookOptions options, int attempts, double chance, TimeSpan? asked)
    {
        var grown = options.RetryMinimum.TotalSeconds * Math.Pow(Growth, Math.Min(attempts - 1, 40));
        var pause = Math.Min(grown, options.RetryMaximum.TotalSeconds) * (1 - Jitter + (2 * Jitter * chance));
        var wanted = Math.Min((asked ?? TimeSpan.Zero).TotalSeconds, options.RetryMaximum.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Max(pause, wanted));
    }
}
