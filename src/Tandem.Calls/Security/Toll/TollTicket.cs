namespace Tandem.Calls.Security.Toll;

/// <summary>A call to outside that the guard let go: it holds a place until it is ended. Thread-safe; ending twice is ending once.</summary>
public sealed class TollTicket
{
    private readonly TollAccount _account;

    internal TollTicket(TollAccount account, string profile, decimal pricePerMinute, TimeSpan increment, TimeSpan? longest)
    {
        _account = account;
        Profile = profile;
        PricePerMinute = pricePerMinute;
        Increment = increment;
        Longest = longest;
    }

    /// <summary>The profile that it goes through.</summary>
    public string Profile { get; }

    /// <summary>Price of a minute; 0 where no price is known.</summary>
    public decimal PricePerMinute { get; }

    /// <summary>What is charged is whole multiples of this.</summary>
    public TimeSpan Increment { get; }

    /// <summary>How long it may last.</summary>
    public TimeSpan? Longest { get; }

    /// <summary>What the call has cost, once it is ended.</summary>
    public decimal Cost { get; internal set; }

    internal DateTimeOffset? AnsweredAt { get; set; }

    internal bool IsEnded { get; set; }

    /// <summary>From here on it costs.</summary>
    public void Answered(DateTimeOffset now) => _account.Answered(this, now);

    /// <summary>
    /// How long the call may go on before it is asked for again; null for as long as it likes, zero when it must end now: it has lasted
    /// <see cref="Longest"/>, or the money of the day is spent.
    /// </summary>
    public TimeSpan? Remaining(DateTimeOffset now) => _account.Remaining(this, now);

    /// <summary>The call is over: its place is free, and its cost is spent.</summary>
    public void Ended(DateTimeOffset now) => _account.Ended(this, now);

    /// <summary>What it costs if it lasts until <paramref name="now"/>.</summary>
    internal decimal CostAt(DateTimeOffset now)
    {
        if (AnsweredAt is not { } answered || PricePerMinute == 0 || now <= answered)
            return 0;

        var units = Math.Ceiling((decimal)(now - answered).Ticks / Increment.Ticks);
        return units * Increment.Ticks * PricePerMinute / TimeSpan.TicksPerMinute;
    }
}
