namespace Tandem.Media.Recording;

/// <summary>
/// Frames of sound from one media loop to the writer's thread, without a lock and bounded. A frame that finds no room is dropped; its time, like that
/// of a frame that never came, goes with the next one that does, and becomes silence.
/// </summary>
internal sealed class RecordingRing
{
    // Hertz / 100, channels, samples of each channel, and two words of dropped milliseconds.
    private const int HeadWords = 5;

    private readonly short[] _words;
    private readonly int _mask;
    private long _written;
    private long _read;
    private double _dropped;
    private long _droppedTotal;

    /// <param name="words">A power of two.</param>
    public RecordingRing(int words)
    {
        _words = new short[words];
        _mask = words - 1;
    }

    /// <summary>Microseconds so far that found no room or never came.</summary>
    public long DroppedMicroseconds => Volatile.Read(ref _droppedTotal);

    /// <summary>Words that are free. Any thread may ask; it is exact for none but the loop.</summary>
    public int Free => (int)(_words.Length - (Volatile.Read(ref _written) - Volatile.Read(ref _read)));

    /// <summary>The loop's side. False when there was no room.</summary>
    /// <param name="a">Left.</param>
    /// <param name="b">Right, as long as <paramref name="a"/>; empty for one channel.</param>
    /// <param name="sampleRate">Hertz.</param>
    /// <param name="isMuted">Write zeros.</param>
    public bool TryWrite(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int sampleRate, bool isMuted)
    {
        var channels = b.IsEmpty ? 1 : 2;
        var need = HeadWords + (a.Length * channels);
        if (a.Length > short.MaxValue || _written - Volatile.Read(ref _read) + need > _words.Length)
        {
            Miss(sampleRate > 0 ? TimeSpan.FromSeconds((double)a.Length / sampleRate) : TimeSpan.Zero);
            return false;
        }

        var dropped = (int)Math.Min(_dropped, int.MaxValue);
        _dropped -= dropped;
        var at = _written;
        Put(ref at, (short)(sampleRate / 100));
        Put(ref at, (short)channels);
        Put(ref at, (short)a.Length);
        Put(ref at, (short)dropped);
        Put(ref at, (short)(dropped >> 16));
        Put(ref at, a, isMuted);
        Put(ref at, b, isMuted);
        Volatile.Write(ref _written, at);
        return true;
    }

    /// <summary>The loop's side: time that is missing before the next frame.</summary>
    public void Miss(TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
            return;

        _dropped += time.TotalMilliseconds;
        Volatile.Write(ref _droppedTotal, _droppedTotal + (long)time.TotalMicroseconds);
    }

    /// <summary>The writer's side: the next frame; false when there is none.</summary>
    /// <param name="a">Room for any frame; the first <paramref name="length"/> samples are filled.</param>
    /// <param name="b">The same for the right channel; zeros when the frame has one only.</param>
    /// <param name="length">Samples of each channel.</param>
    /// <param name="channels">1 or 2.</param>
    /// <param name="sampleRate">Hertz.</param>
    /// <param name="droppedMilliseconds">Time that is missing before this frame.</param>
    public bool TryRead(Span<short> a, Span<short> b, out int length, out int channels, out int sampleRate, out int droppedMilliseconds)
    {
        length = 0;
        channels = 0;
        sampleRate = 0;
        droppedMilliseconds = 0;
        var at = _read;
        if (at == Volatile.Read(ref _written))
            return false;

        sampleRate = Take(ref at) * 100;
        channels = Take(ref at);
        length = Take(ref at);
        droppedMilliseconds = (ushort)Take(ref at) | (Take(ref at) << 16);
        Take(ref at, a[..length]);
        if (channels == 2)
            Take(ref at, b[..length]);
        else
            b[..length].Clear();
        Volatile.Write(ref _read, at);
        return true;
    }

    private void Put(ref long at, short word) => _words[at++ & _mask] = word;

    private void Put(ref long at, ReadOnlySpan<short> words, bool isMuted)
    {
        var start = (int)(at & _mask);
        var first = Math.Min(words.Length, _words.Length - start);
        if (isMuted)
        {
            _words.AsSpan(start, first).Clear();
            _words.AsSpan(0, words.Length - first).Clear();
        }
        else
        {
            words[..first].CopyTo(_words.AsSpan(start));
            words[first..].CopyTo(_words);
        }

        at += words.Length;
    }

    private short Take(ref long at) => _words[at++ & _mask];

    private void Take(ref long at, Span<short> words)
    {
        var start = (int)(at & _mask);
        var first = Math.Min(words.Length, _words.Length - start);
        _words.AsSpan(start, first).CopyTo(words);
        _words.AsSpan(0, words.Length - first).CopyTo(words[first..]);
        at += words.Length;
    }
}
