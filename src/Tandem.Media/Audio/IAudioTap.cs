using Tandem.Core.Time;

namespace Tandem.Media.Audio;

/// <summary>
/// Who listens in: a recorder, a level meter, a network stream. Called on the media loop every 20 ms; it must return at once, and drops
/// and counts what it cannot take. It is disposed there, once, when it was untapped or its session closed.
/// </summary>
public interface IAudioTap : IDisposable
{
    /// <summary>Takes one tick of sound, mono 16 bit each. The spans are valid during the call only.</summary>
    /// <param name="a">What comes from the tapped side, or the left channel.</param>
    /// <param name="b">What goes to it, or the right channel: as long as <paramref name="a"/>, or empty where there is only one channel.</param>
    /// <param name="sampleRate">Hertz of both; it may change between two calls.</param>
    /// <param name="at">When the tick was due: 20 ms after the one before, more where a loop that came too late left ticks out, and at times less where the session changed its loop.</param>
    void Write(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int sampleRate, Moment at);
}
