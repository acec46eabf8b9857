namespace Tandem.Server.Metrics;

/// <summary>
/// Who has a label of its own on the page: the first that came, for as long as the exchange runs. Whoever came later is told together with others and stays with them,
/// because a counter that changes its place would make a sum fall, which Prometheus takes for a restart. Thread-safe.
/// </summary>
/// <param name="most">How many labels there may be.</param>
internal sealed class KeptLabels<T>(int most)
    where T : notnull
{
    private readonly HashSet<T> _kept = [];
    private readonly Lock _lock = new();

    /// <summary>True when it has one, or gets one now.</summary>
    public bool Has(T name)
    {
        lock (_lock)
            return _kept.Contains(name) || (_kept.Count < most && _kept.Add(name));
    }
}
