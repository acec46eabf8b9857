using Tandem.Media.Playback.Sources;

namespace Tandem.Media.Monitoring;

/// <summary>
/// Sound on its way from the loop of one session to the loop of another, mono, 16 kHz. One loop writes, one reads; neither waits. A reader
/// that gets nothing begins again with a cushion, and what piled up beyond the longest delay is left out, so that who listens is never far behind.
/// </summary>
internal sealed class SoundPipe
{
    public const int Rate = 16_000;

    /// <summary>Samples of 20 ms.</summary>
    public const int Frame = Rate / 50;

    // Ticks of two loops are due at the same pace and at any distance: two of them bridge that.
    private const int Cushion = 2 * Frame;
    private const int Longest = 10 * Frame;

    private readonly SampleRing _ring = new(Rate / 2);
    private bool _plays;
    private volatile bool _isOpen = true;
    private long _lost;

    /// <summary>While false what is written is thrown away, and the reader hears silence.</summary>
    public bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }

    /// <summary>Samples that nobody took in time.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Takes 20 ms at <see cref="Rate"/>. On the loop of who speaks.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        if (!_isOpen)
            return;

        while (!samples.IsEmpty)
        {
            var space = _ring.Space;
            if (space.IsEmpty)
            {
                Volatile.Write(ref _lost, _lost + samples.Length);
                return;
            }

            var count = Math.Min(space.Length, samples.Length);
            samples[..count].CopyTo(space);
            _ring.Commit(count);
            samples = samples[count..];
        }
    }

    /// <summary>Fills <paramref name="samples"/>; with silence where there is nothing. On the loop of who listens.</summary>
    public void Read(Span<short> samples)
    {
        if (!_isOpen)
            _ring.DropUntil(_ring.Head);
        else if (_ring.Count > Longest)
            _ring.DropUntil(_ring.Head - Cushion);

        if (!_plays && _ring.Count < Cushion + samples.Length)
        {
            samples.Clear();
            return;
        }

        var count = _ring.Take(samples);
        samples[count..].Clear();
        _plays = count == samples.Length;
    }
}
