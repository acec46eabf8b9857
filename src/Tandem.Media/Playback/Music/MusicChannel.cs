using Tandem.Media.Playback.Reading;
using Tandem.Media.Playback.Sources;

namespace Tandem.Media.Playback.Music;

/// <summary>
/// One piece of music without end that many hear at once: it is decoded once, by the worker, into a ring from which every listener takes. The listener that is furthest
/// ahead is the clock; whoever comes joins at his place. While nobody listens the music stands still.
/// </summary>
internal sealed class MusicChannel : ReadAhead
{
    private readonly ISoundReader _reader;
    private readonly PlaybackWorker _worker;
    private readonly short[] _samples;
    private readonly int _mask;
    private readonly int _ahead;

    // Places are counted from the start of the channel. Only the worker moves the head; the lead is the furthest place that anybody read up to.
    private long _head;
    private long _lead;
    private long _skips;
    private long _underruns;
    private int _listeners;
    private volatile bool _isEnded;
    private volatile bool _isRetired;
    private bool _isDisposed;

    /// <param name="reader">The music; the worker disposes it.</param>
    /// <param name="worker">Who reads.</param>
    /// <param name="ahead">Samples that are read ahead of the furthest listener; others may be as far behind him.</param>
    public MusicChannel(ISoundReader reader, PlaybackWorker worker, int ahead)
    {
        _reader = reader;
        _worker = worker;
        _ahead = ahead;
        _samples = new short[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ahead * 3)];
        _mask = _samples.Length - 1;
        worker.Request(this);
    }

    public int SampleRate => _reader.SampleRate;

    /// <summary>It ended because there was nothing to read any more; a new channel is needed.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>Times a listener was so far behind that he was brought to the place of the others.</summary>
    public long Skips => Volatile.Read(ref _skips);

    /// <summary>Times there was nothing to hear yet.</summary>
    public long Underruns => Volatile.Read(ref _underruns);

    /// <summary>How far it is read.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Where somebody who comes now begins.</summary>
    public long Lead => Volatile.Read(ref _lead);

    /// <summary>Copies what is at <paramref name="place"/> and moves it on; fewer samples than asked for are the end. Any loop.</summary>
    public int Take(ref long place, Span<short> samples)
    {
        // What lies a whole ring behind the head may be overwritten while it is read; a listener who stood still for so long goes to the others.
        var lead = Lead;
        if (place + _ahead < lead)
        {
            place = lead;
            Interlocked.Increment(ref _skips);
        }

        var isEnded = _isEnded;
        var head = Volatile.Read(ref _head);
        var count = (int)Math.Clamp(head - place, 0, samples.Length);
        for (var done = 0; done < count;)
        {
            var at = (int)((place + done) & _mask);
            var piece = Math.Min(count - done, _samples.Length - at);
            _samples.AsSpan(at, piece).CopyTo(samples[done..]);
            done += piece;
        }

        place += count;
        for (var furthest = Lead; place > furthest; furthest = Lead)
        {
            if (Interlocked.CompareExchange(ref _lead, place, furthest) == furthest)
                break;
        }

        if (head - place < _ahead / 2 && !isEnded)
            _worker.Request(this);
        if (count == samples.Length || isEnded)
            return count;

        if (place > 0)
            Interlocked.Increment(ref _underruns);
        samples[count..].Clear();
        return samples.Length;
    }

    /// <summary>Somebody listens from now on.</summary>
    public void Join() => Interlocked.Increment(ref _listeners);

    /// <summary>Somebody listens no longer. Any loop.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _listeners) == 0 && _isRetired)
            _worker.Request(this);
    }

    /// <summary>Nobody else comes: it closes when the last listener has gone.</summary>
    public void Retire()
    {
        _isRetired = true;
        _worker.Request(this);
    }

    internal override void Fill()
    {
        if (_isDisposed)
            return;

        if (_isRetired && Volatile.Read(ref _listeners) == 0)
        {
            _isDisposed = true;
            _isEnded = true;
            _reader.Dispose();
            return;
        }

        try
        {
            while (!_isEnded && _head < Lead + _ahead)
            {
                var at = (int)(_head & _mask);
                var count = _reader.Read(_samples.AsSpan(at, (int)Math.Min(_samples.Length - at, Lead + _ahead - _head)));
                if (count == 0)
                    _isEnded = true;
                Volatile.Write(ref _head, _head + count);
            }
        }
        catch
        {
            _isEnded = true;
            throw;
        }
    }
}
