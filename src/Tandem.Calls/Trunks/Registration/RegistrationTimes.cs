namespace Tandem.Calls.Trunks.Registration;

/// <summary>When the next REGISTER is due. Pure but for the random numbers that it is given.</summary>
internal static class RegistrationTimes
{
    /// <summary>
    /// The refresh: at a random point of 75 to 90 % of the lifetime (RFC 5626 §4.4 wants profiles apart from each other), and no later than
    /// 32 s before its end where that is possible: a transaction without an answer takes that long.
    /// </summary>
    public static TimeSpan Refresh(int grantedSeconds, Random random)
    {
        var share = 0.75 + (0.15 * random.NextDouble());
        var latest = Math.Max(grantedSeconds * 0.5, grantedSeconds - 35.0);
        return TimeSpan.FromSeconds(Math.Max(1, Math.Min(grantedSeconds * share, latest)));
    }

    /// <summary>The pause after failures in a row (RFC 5626 §4.5): doubled each time up to the maximum, and 50 to 100 % of that.</summary>
    public static TimeSpan Backoff(int failures, TrunkOptions options, Random random)
    {
        var doublings = Math.Clamp(failures - 1, 0, 30);
        var upper = Math.Min(options.RetryMaximum.TotalSeconds, options.RetryBase.TotalSeconds * (1L << doublings));
        return TimeSpan.FromSeconds(upper * (0.5 + (0.5 * random.NextDouble())));
    }

    /// <summary>
    /// The pause after a refusal that another try will hardly change. The first one is short: whoever changes a password at both ends is
    /// seldom quicker.
    /// </summary>
    public static TimeSpan Refusal(int failures, TrunkOptions options, Random random)
    {
        var upper = failures <= 1 ? Math.Min(30, options.RefusalPause.TotalSeconds) : options.RefusalPause.TotalSeconds;
        return TimeSpan.FromSeconds(upper * (0.8 + (0.2 * random.NextDouble())));
    }

    /// <summary>Retry-After as far as it is believed, and a little later, so that not all come back in the same second.</summary>
    public static TimeSpan RetryAfter(uint seconds, TrunkOptions options, Random random) =>
        TimeSpan.FromSeconds(Math.Min(Math.Max(1, seconds), options.MaxRetryAfter.TotalSeconds) * (1 + (0.1 * random.NextDouble())));
}
