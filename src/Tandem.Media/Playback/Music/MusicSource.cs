using Tandem.Media.Audio;

namespace Tandem.Media.Playback.Music;

/// <summary>One listener of a channel.</summary>
internal sealed class MusicSource : IAudioSource
{
    private readonly MusicChannel _channel;
    private long _place = -1;
    private int _isGone;

    /// <param name="channel">What is listened to; it stays open for as long as this listener is there.</param>
    public MusicSource(MusicChannel channel)
    {
        _channel = channel;
        channel.Join();
    }

    public int SampleRate => _channel.SampleRate;

    public int Read(Span<short> samples)
    {
        // He joins where the others are at his first tick, not where they were when he was made; they may have had this tick already.
        if (_place < 0)
            _place = Math.Max(_channel.Lead - samples.Length, 0);
        return _channel.Take(ref _place, samples);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isGone, 1) == 0)
            _channel.Leave();
    }
}
