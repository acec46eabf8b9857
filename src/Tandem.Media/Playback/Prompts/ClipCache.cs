using Tandem.Media.Playback.Sources;

namespace Tandem.Media.Playback.Prompts;

/// <summary>Decoded prompts, the least recently used ones leaving first. Any thread but a media loop.</summary>
internal sealed class ClipCache(long capacity)
{
    /// <summary>What an entry takes besides its samples, about.</summary>
    private const int EntryBytes = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<ClipKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;
    private long _hits;
    private long _misses;

    /// <summary>Bytes of what is kept.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public SoundClip? Find(in ClipKey key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                _misses++;
                return null;
            }

            _hits++;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Clip;
        }
    }

    public void Add(in ClipKey key, SoundClip clip)
    {
        var size = clip.Bytes + EntryBytes;
        lock (_lock)
        {
            if (size > capacity || _entries.ContainsKey(key))
                return;

            _entries.Add(key, _byUse.AddLast(new Entry(key, clip, size)));
            _bytes += size;
            while (_bytes > capacity && _byUse.First is { } oldest)
            {
                _byUse.RemoveFirst();
                _entries.Remove(oldest.Value.Key);
                _bytes -= oldest.Value.Size;
            }
        }
    }

    private readonly record struct Entry(ClipKey Key, SoundClip Clip, long Size);
}
