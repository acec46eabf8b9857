using Tandem.Media.Mixing;

namespace Tandem.Media.Audio;

/// <summary>A source that plays to one side. Owned by the media loop, which disposes the source once.</summary>
internal sealed class ActivePlay(PlayId id, IAudioSource source, PlayMode mode) : IDisposable
{
    private readonly RateConverter _converter = new();
    private readonly short[] _read = new short[Math.Max(160, source.SampleRate / 50)];

    public PlayId Id => id;

    public PlayMode Mode => mode;

    public int SampleRate { get; } = source.SampleRate;

    /// <summary>Set when it is over, with the reason.</summary>
    public PlaybackEnd? End { get; set; }

    /// <summary>Fills <paramref name="frame"/>, 20 ms at <paramref name="sampleRate"/>; behind the end of the source with silence.</summary>
    public void Read(Span<short> frame, int sampleRate)
    {
        var wanted = _read.AsSpan(0, SampleRate / 50);
        var count = 0;
        try
        {
            count = Math.Clamp(source.Read(wanted), 0, wanted.Length);
            if (count < wanted.Length)
                End ??= PlaybackEnd.Finished;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A source is somebody else's code: its fault ends the playback and not the call, and the event says so.
            End = PlaybackEnd.Failed;
        }

        wanted[count..].Clear();
        _converter.Convert(wanted, SampleRate, frame, sampleRate);
    }

    public void Dispose()
    {
        _converter.Dispose();
        source.Dispose();
    }
}
