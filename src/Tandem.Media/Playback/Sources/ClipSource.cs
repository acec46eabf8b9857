using Tandem.Media.Audio;

namespace Tandem.Media.Playback.Sources;

/// <summary>Plays a clip from memory.</summary>
/// <param name="clip">The clip.</param>
/// <param name="times">How often; 0 for without end.</param>
public sealed class ClipSource(SoundClip clip, int times = 1) : IAudioSource, ISeekable
{
    private const long NoJump = -1;

    private int _position;
    private int _left = times == 0 ? int.MaxValue : times;
    private long _jump = NoJump;

    public int SampleRate => clip.SampleRate;

    public int Read(Span<short> samples)
    {
        var jump = Interlocked.Exchange(ref _jump, NoJump);
        if (jump != NoJump)
            _position = (int)Math.Min(jump, clip.Samples.Length);

        var all = clip.Samples.Span;
        var done = 0;
        while (done < samples.Length)
        {
            if (_position == all.Length)
            {
                if (all.IsEmpty || _left <= 1)
                    break;

                if (times != 0)
                    _left--;
                _position = 0;
            }

            var count = Math.Min(samples.Length - done, all.Length - _position);
            all.Slice(_position, count).CopyTo(samples[done..]);
            _position += count;
            done += count;
        }

        return done;
    }

    public void Seek(TimeSpan place) => Volatile.Write(ref _jump, SeekPlace.Samples(place, clip.SampleRate));

    /// <summary>Nothing to give back: others may play the clip.</summary>
    public void Dispose()
    {
    }
}
