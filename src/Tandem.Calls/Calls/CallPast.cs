namespace Tandem.Calls.Calls;

/// <summary>Legs that a call has done with before its end, as its record tells of them. On the call's shard.</summary>
internal sealed class CallPast
{
    private readonly List<CallAttempt> _attempts = [];

    public IReadOnlyList<CallAttempt> Attempts => _attempts;

    /// <summary>What they cost together; null where no list has a price for them.</summary>
    public decimal? Price { get; private set; }

    public void Add(CallAttempt attempt)
    {
        if (_attempts.Count < CallAttempts.MostAttempts)
            _attempts.Add(attempt);
    }

    public void Add(decimal price) => Price = (Price ?? 0) + price;
}
