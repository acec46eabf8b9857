using System.Collections.Concurrent;
using Tandem.Calls.Limits;
using Tandem.Calls.Ports;

namespace Tandem.Cluster.Limits;

/// <summary>
/// What the other nodes told of their use, each for itself, until it is told anew or has lapsed: a node that died uses nothing soon. Changed by one task at a time, read by any thread.
/// </summary>
/// <param name="most">Figures that are kept; more are left out and counted.</param>
/// <param name="lifetime">How long a figure holds.</param>
internal sealed class RemoteUse(int most, TimeSpan lifetime, TimeProvider time) : IRemoteUse
{
    private readonly ConcurrentDictionary<UseKey, Entry[]> _entries = new();
    private int _count;
    private long _refused;

    /// <summary>Figures that are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Figures that found no room.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <inheritdoc/>
    public TimeSpan Lifetime => lifetime;

    /// <inheritdoc/>
    public NodeUse Of(in UseKey key)
    {
        var sum = default(NodeUse);
        if (!_entries.TryGetValue(key, out var entries))
            return sum;

        foreach (var entry in entries)
        {
            if (time.GetElapsedTime(entry.HeardAt) <= lifetime)
                sum += entry.Use;
        }

        return sum;
    }

    /// <inheritdoc/>
    public double[] AskedOf(in UseKey key)
    {
        if (!_entries.TryGetValue(key, out var entries))
            return [];

        var asked = new List<double>(entries.Length);
        foreach (var entry in entries)
        {
            if (entry.Use.Asked > 0 && time.GetElapsedTime(entry.HeardAt) <= lifetime)
                asked.Add(entry.Use.Asked);
        }

        asked.Sort();
        return [.. asked];
    }

    /// <summary>A node told a figure.</summary>
    public void Take(string node, in UseKey key, in NodeUse use)
    {
        var before = _entries.GetValueOrDefault(key, []);
        var others = Array.FindAll(before, entry => entry.Node != node);
        if (use == default)
        {
            Replace(key, before, others);
            return;
        }

        if (others.Length == before.Length && Count >= most)
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        Replace(key, before, [.. others, new Entry(node, use, time.GetTimestamp())]);
    }

    /// <summary>Drops what has lapsed.</summary>
    public void Sweep()
    {
        foreach (var (key, entries) in _entries)
        {
            var left = Array.FindAll(entries, entry => time.GetElapsedTime(entry.HeardAt) <= lifetime);
            if (left.Length < entries.Length)
                Replace(key, entries, left);
        }
    }

    private void Replace(in UseKey key, Entry[] before, Entry[] after)
    {
        if (after.Length == 0)
            _entries.TryRemove(key, out _);
        else
            _entries[key] = after;
        Interlocked.Add(ref _count, after.Length - before.Length);
    }

    private sealed record Entry(string Node, NodeUse Use, long HeardAt);
}
