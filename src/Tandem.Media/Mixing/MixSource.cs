using Tandem.Media.Audio;

namespace Tandem.Media.Mixing;

/// <summary>A source as a member of a mix. Owned by the loop of the mix, which disposes it once.</summary>
internal sealed class MixSource(IAudioSource source) : IMixFeed, IDisposable
{
    private readonly short[] _frame = new short[Math.Clamp(source.SampleRate, 8000, 48000) / 50];
    private int _length;

    public int Rate { get; } = source.SampleRate;

    public ReadOnlySpan<short> Frame => _frame.AsSpan(0, _length);

    public bool IsSource => true;

    /// <summary>Set when it has no more, with the reason.</summary>
    public PlaybackEnd? End { get; private set; }

    /// <summary>Takes the next 20 ms.</summary>
    public void Read()
    {
        _length = 0;
        if (End is not null)
            return;

        if (Rate is < 8000 or > 48000 || Rate % 50 != 0)
        {
            End = PlaybackEnd.Failed;
            return;
        }

        try
        {
            var count = Math.Clamp(source.Read(_frame), 0, _frame.Length);
            if (count < _frame.Length)
                End = PlaybackEnd.Finished;
            if (count == 0)
                return;

            _frame.AsSpan(count).Clear();
            _length = _frame.Length;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A source is somebody else's code: its fault ends the playback and not the mix, and the event says so.
            End = PlaybackEnd.Failed;
        }
    }

    public void Dispose() => source.Dispose();
}
