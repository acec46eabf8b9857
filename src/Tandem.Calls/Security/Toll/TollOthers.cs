namespace Tandem.Calls.Security.Toll;

/// <summary>
/// What the calls of other nodes have cost today, for one tenant. It outlives those nodes: money that is spent stays spent. Not thread-safe: the account has a lock.
/// </summary>
internal sealed class TollOthers
{
    // Far more nodes than an installation has; one that is not known yet finds no place then.
    private const int MostNodes = 1_000;

    private readonly Dictionary<string, (DateOnly Day, decimal Spent)> _nodes = new(StringComparer.Ordinal);

    /// <summary>Takes what a node told, or left in the database. Money never grows less within a day: what is heard late is passed over.</summary>
    public void Take(string node, DateOnly day, decimal spent)
    {
        if (_nodes.TryGetValue(node, out var known) ? day < known.Day || (day == known.Day && spent <= known.Spent) : _nodes.Count >= MostNodes && !DropBefore(day))
            return;

        _nodes[node] = (day, spent);
    }

    // Nodes whose last day is over: their money counts no more.
    private bool DropBefore(DateOnly day)
    {
        foreach (var (node, (of, _)) in _nodes)
        {
            if (of < day)
                _nodes.Remove(node);
        }

        return _nodes.Count < MostNodes;
    }

    /// <summary>Money of one day.</summary>
    public decimal Spent(DateOnly day)
    {
        var sum = 0m;
        foreach (var (of, spent) in _nodes.Values)
            sum += of == day ? spent : 0;
        return sum;
    }
}
