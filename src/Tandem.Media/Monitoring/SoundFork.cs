using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Mixing;

namespace Tandem.Media.Monitoring;

/// <summary>
/// The sound of a call or of a room on its way out of the engine: two channels at 16 kHz, a frame each 20 ms, in a ring of fixed size. The media loop writes and never
/// waits; who takes too slowly loses frames of his own, counted, and nobody else notices. One writer, one reader.
/// </summary>
public sealed class SoundFork : IAudioTap
{
    /// <summary>Hertz of each channel.</summary>
    public const int Rate = 16_000;

    /// <summary>Samples of one channel in a frame.</summary>
    public const int ChannelLength = Rate / 50;

    /// <summary>Samples of a frame: left and right in turns.</summary>
    public const int FrameLength = 2 * ChannelLength;

    private readonly RateConverter _convertLeft = new();
    private readonly RateConverter _convertRight = new();
    private readonly short[] _left = new short[ChannelLength];
    private readonly short[] _right = new short[ChannelLength];
    private readonly short[] _ring;
    private readonly int _frames;
    private long _written;
    private long _taken;
    private long _lost;
    private volatile bool _isOver;

    /// <param name="frames">Frames that wait at most.</param>
    public SoundFork(int frames)
    {
        _frames = frames;
        _ring = new short[frames * FrameLength];
    }

    /// <summary>Frames that found no place.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Nothing more comes: it was taken off, or the call is over. What waits may still be taken.</summary>
    public bool IsOver => _isOver;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int sampleRate, Moment at)
    {
        if (_written - Volatile.Read(ref _taken) >= _frames)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return;
        }

        _convertLeft.Convert(a, sampleRate, _left, Rate);
        if (b.IsEmpty)
            _right.AsSpan().Clear();
        else
            _convertRight.Convert(b, sampleRate, _right, Rate);
        var frame = _ring.AsSpan((int)(_written % _frames) * FrameLength, FrameLength);
        for (var i = 0; i < ChannelLength; i++)
            (frame[2 * i], frame[(2 * i) + 1]) = (_left[i], _right[i]);
        Volatile.Write(ref _written, _written + 1);
    }

    /// <summary>Takes the oldest frame that waits; false when there is none.</summary>
    /// <param name="frame"><see cref="FrameLength"/> samples.</param>
    public bool TryTake(Span<short> frame)
    {
        if (_taken == Volatile.Read(ref _written))
            return false;

        _ring.AsSpan((int)(_taken % _frames) * FrameLength, FrameLength).CopyTo(frame);
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _convertLeft.Dispose();
        _convertRight.Dispose();
        _isOver = true;
    }
}
