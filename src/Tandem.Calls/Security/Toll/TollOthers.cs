namespace Tandem.Calls.Security.Toll;

/// <summary>
/// What the calls of other nodes have cost today, for one tenant. It outlives those nodes: money that is spent stays spent. Not thread-safe: the account has a lock.
/// </summary>
internal sealed class TollOthers
{
    // Far more nodes than an installation has; one that is not known yet finds no place then.
    private const int MostNodes = 1_000;

    private readonly Dictionary<string, (DateOnly Day, decimal Spent)> _nodes = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes what a node told, or left in the database. Money never grows less within a day: what is heard late is passed over. A day to come is one of a clock that is ahead, and gives way when that
    /// is set right; one after tomorrow is not believed at all.
    /// </summary>
    /// <param name="node">Whose calls.</param>
    /// <param name="day">The day by its clock.</param>
    /// <param name="spent">The money of that day.</param>
    /// <param name="today">The day by our clock.</param>
    public void Take(string node, DateOnly day, decimal spent, DateOnly today)
    {
        if (day > today.AddDays(1))
            return;

        var isLate = _nodes.TryGetValue(node, out var known)
            ? (day < known.Day && known.Day <= today) || (day == known.Day && spent <= known.Spent)
            : _nodes.Count >= MostNodes && !DropBefore(today);
        if (!isLate)
            _nodes[node] = (day, spent);
    }

    // Nodes whose last day is over: their money counts no more.
    private bool DropBefore(DateOnly today)
    {
        foreach (var (node, (of, _)) in _nodes)
        {
            if (of < today)
                _nodes.Remove(node);
        }

        return _nodes.Count < MostNodes;
    }

    /// <summary>Money of a day, that of clocks that are ahead included.</summary>
    public decimal Spent(DateOnly day)
    {
        var sum = 0m;
        foreach (var (of, spent) in _nodes.Values)
            sum += of >= day ? spent : 0;
        return sum;
    }
}
