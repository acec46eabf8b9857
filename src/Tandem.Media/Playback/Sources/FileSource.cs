using Tandem.Media.Audio;
using Tandem.Media.Playback.Reading;

namespace Tandem.Media.Playback.Sources;

/// <summary>
/// Plays a reader of any length: the worker reads ahead into a ring, the loop takes from it. When the ring is empty before the end, because the disk is slow, there is silence, which is counted.
/// </summary>
public sealed class FileSource : IAudioSource, ISeekable
{
    private const long NoJump = -1;

    private readonly PlaybackWorker _worker;
    private readonly Filler _filler;
    private long _underruns;

    /// <param name="reader">What is played; it is disposed by the worker when the source is.</param>
    /// <param name="worker">Who reads.</param>
    /// <param name="options">How far ahead, and how long at most.</param>
    /// <param name="times">How often; 0 for without end.</param>
    public FileSource(ISoundReader reader, PlaybackWorker worker, PlaybackOptions options, int times = 1)
    {
        _worker = worker;
        SampleRate = reader.SampleRate;
        _filler = new Filler(reader, (int)(options.ReadAhead.TotalSeconds * reader.SampleRate), times, SeekPlace.Samples(options.MaxDuration, reader.SampleRate));
        worker.Request(_filler);
    }

    public int SampleRate { get; }

    /// <summary>Reads that found nothing although there was more to come: each was filled with silence.</summary>
    public long Underruns => Volatile.Read(ref _underruns);

    /// <summary>Half of the read-ahead is there, or everything that is left.</summary>
    public bool IsReady => _filler.IsEnded || _filler.Ring.Count >= _filler.Ring.Capacity / 2;

    /// <summary>Why it ended before its end; null while it plays and when it played whole.</summary>
    public string? Error => _filler.Error;

    public int Read(Span<short> samples)
    {
        // The order matters: what was put in before the end was said is seen.
        var isEnded = _filler.IsEnded;
        var ring = _filler.Ring;
        ring.DropUntil(_filler.DropUntil);
        var count = ring.Take(samples);
        if (ring.Count < ring.Capacity / 2 && !isEnded)
            _worker.Request(_filler);

        if (count == samples.Length || isEnded)
            return count;

        // Before the first samples are there nothing is amiss.
        if (ring.Tail > 0)
            Interlocked.Increment(ref _underruns);
        samples[count..].Clear();
        return samples.Length;
    }

    public void Seek(TimeSpan place)
    {
        _filler.JumpTo(SeekPlace.Samples(place, SampleRate));
        _worker.Request(_filler);
    }

    public void Dispose()
    {
        _filler.Close();
        _worker.Request(_filler);
    }

    /// <summary>The side of the worker.</summary>
    private sealed class Filler(ISoundReader reader, int capacity, int times, long most) : ReadAhead
    {
        private int _left = times;
        private long _read;
        private long _jump = NoJump;
        private long _dropUntil;
        private volatile bool _isEnded;
        private volatile bool _isClosed;
        private volatile string? _error;
        private bool _isDisposed;

        public SampleRing Ring { get; } = new(capacity);

        /// <summary>Nothing more comes. A jump that nobody has made yet goes before an end that the worker met meanwhile.</summary>
        public bool IsEnded => Volatile.Read(ref _jump) == NoJump && _isEnded;

        public long DropUntil => Volatile.Read(ref _dropUntil);

        public string? Error => _error;

        public void JumpTo(long sample) => Volatile.Write(ref _jump, sample);

        public void Close() => _isClosed = true;

        internal override void Fill()
        {
            if (_isDisposed)
                return;

            if (_isClosed)
            {
                _isDisposed = true;
                reader.Dispose();
                return;
            }

            try
            {
                ReadOn();
            }
            catch (IOException e)
            {
                End($"the file cannot be read: {e.Message}");
            }
            catch (Exception e)
            {
                End(e.Message);
                throw;
            }
        }

        private void End(string? error)
        {
            _error = error;
            _isEnded = true;
        }

        private void ReadOn()
        {
            if (Volatile.Read(ref _jump) != NoJump)
            {
                // In this order: whoever sees no jump any more sees no end either.
                _isEnded = false;
                var jump = Interlocked.Exchange(ref _jump, NoJump);
                Volatile.Write(ref _dropUntil, Ring.Head);
                reader.Seek(jump);
                _read = jump;
            }

            while (!_isEnded && Ring.Space is { IsEmpty: false } space)
            {
                var count = _read >= most ? 0 : reader.Read(space[..(int)Math.Min(space.Length, most - _read)]);
                _read += count;
                Ring.Commit(count);
                if (count > 0)
                    continue;

                // An empty file is not repeated: there would be no end of reading.
                if (_left == 1 || _read == 0)
                {
                    End(null);
                }
                else
                {
                    if (_left > 1)
                        _left--;
                    _read = 0;
                    reader.Seek(0);
                }
            }
        }
    }
}
