namespace Tandem.Calls.Recording;

/// <summary>
/// Since when this process has missed the files of entries that are to be deleted: each look at all of them is a round, and what a round does not ask for is forgotten. Bounded. Not thread-safe.
/// </summary>
internal sealed class MissingFiles(TimeSpan lostAfter, TimeProvider time)
{
    private const int Most = 200_000; // those beyond are left alone until there is room

    private Dictionary<string, long> _before = [];
    private Dictionary<string, long> _round = [];

    /// <summary>Begins a round; one that was not ended counts as not made.</summary>
    public void Begin() => _round = [];

    /// <summary>Ends the round.</summary>
    public void End() => _before = _round;

    /// <summary>The file of this entry is not here; true when that has been so in every round for so long that no node has it.</summary>
    public bool IsLost(string id)
    {
        if (lostAfter <= TimeSpan.Zero)
            return true;

        var now = time.GetTimestamp();
        if (!_before.TryGetValue(id, out var since))
            since = now;
        if (_round.Count < Most)
            _round[id] = since;
        return time.GetElapsedTime(since, now) >= lostAfter;
    }
}
