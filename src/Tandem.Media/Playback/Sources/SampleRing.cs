namespace Tandem.Media.Playback.Sources;

/// <summary>
/// Samples on their way from the thread that reads files (the writer) to a loop (the reader). Places are counted from the beginning and never wrap; only the
/// writer moves <see cref="Head"/>, only the reader <see cref="Tail"/>.
/// </summary>
internal sealed class SampleRing
{
    private readonly short[] _samples;
    private readonly int _mask;
    private long _head;
    private long _tail;

    /// <param name="capacity">Samples that fit at least.</param>
    public SampleRing(int capacity)
    {
        _samples = new short[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _samples.Length - 1;
    }

    public int Capacity => _samples.Length;

    /// <summary>The place behind the newest sample.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>The place of the oldest sample.</summary>
    public long Tail => Volatile.Read(ref _tail);

    public int Count => (int)(Head - Tail);

    /// <summary>Writer: where the next samples go, as many as fit in one piece.</summary>
    public Span<short> Space
    {
        get
        {
            var at = (int)(_head & _mask);
            return _samples.AsSpan(at, Math.Min(_samples.Length - (int)(_head - Tail), _samples.Length - at));
        }
    }

    /// <summary>Writer: so many samples of <see cref="Space"/> are there.</summary>
    public void Commit(int count) => Volatile.Write(ref _head, _head + count);

    /// <summary>Reader: takes up to the length of <paramref name="samples"/>.</summary>
    public int Take(Span<short> samples)
    {
        var count = Math.Min(samples.Length, (int)(Head - _tail));
        var at = (int)(_tail & _mask);
        var first = Math.Min(count, _samples.Length - at);
        _samples.AsSpan(at, first).CopyTo(samples);
        _samples.AsSpan(0, count - first).CopyTo(samples[first..]);
        Volatile.Write(ref _tail, _tail + count);
        return count;
    }

    /// <summary>Reader: leaves out what is before <paramref name="place"/>.</summary>
    public void DropUntil(long place)
    {
        if (place > _tail)
            Volatile.Write(ref _tail, Math.Min(place, Head));
    }
}
