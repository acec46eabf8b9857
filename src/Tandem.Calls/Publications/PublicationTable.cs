using System.Collections.Concurrent;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Publications;

/// <summary>
/// The published documents of each extension. The shard that owns the number writes; any thread reads an immutable array.
/// </summary>
internal sealed class PublicationTable
{
    private readonly ConcurrentDictionary<AorKey, PresenceDocument[]> _documents = new();
    private int _count;

    /// <summary>Documents of all extensions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The documents of an extension, the one published last at the end; empty when there is none.</summary>
    public PresenceDocument[] Of(AorKey key) => _documents.TryGetValue(key, out var documents) ? documents : [];

    /// <summary>Called by the owner of <paramref name="key"/> only.</summary>
    public void Publish(AorKey key, PresenceDocument[] documents)
    {
        var before = Of(key).Length;
        if (documents.Length == 0)
            _documents.TryRemove(key, out _);
        else
            _documents[key] = documents;

        Interlocked.Add(ref _count, documents.Length - before);
    }
}
