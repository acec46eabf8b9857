using Tandem.Core.Time;

namespace Tandem.Media.Jitter;

/// <summary>How the delay is brought to its target: by longer and shorter sound.</summary>
public sealed partial class StreamPlayer
{
    private const double Alike = 0.9;
    private const double LeastAlike = 0.3;
    private const long Tick = TickMilliseconds * Millisecond;
    private const long Calm = 100 * Millisecond;
    private const long Urgent = 60 * Millisecond;

    private Moment _lastScaled = Moment.Zero;
    private long _stretched;
    private long _shortened;

    // Brings the delay to its target, one period of the sound at a time; the further it is off, the less the sound must suit.
    private void Scale(Moment deadline)
    {
        var excess = _buffer.Excess(At(deadline));
        if (_source != Source.Decoder || _isHeld || deadline - _lastScaled < TimeSpan.FromTicks(Math.Abs(excess) > Urgent ? 2 * Tick : Calm))
            return;

        if (excess > _options.DrainMilliseconds * Millisecond)
            Shorten(deadline, excess - (_options.DrainMilliseconds * Millisecond));
        else if (excess < -_options.StretchMilliseconds * Millisecond)
            Lengthen(deadline, -excess - (_options.StretchMilliseconds * Millisecond));
    }

    private void Shorten(Moment deadline, long beyond)
    {
        var wanted = FrameSamples + (TimeScaler.Reach(SampleRate) / 2);
        while (Pending < wanted && _buffer.HasNext && !_isHeld)
            Produce(At(deadline));
        if (Pending < wanted)
            return;

        var removed = TimeScaler.Shorten(_sound.AsSpan(_read, Pending), SampleRate, Math.Max(LeastAlike, Alike - (beyond / (200.0 * Millisecond))));
        if (removed == 0)
            return;

        _write -= removed;
        _shortened += TicksOf(removed);
        _lastScaled = deadline;
    }

    private void Lengthen(Moment deadline, long beyond)
    {
        var half = TimeScaler.Reach(SampleRate) / 2;
        var around = _sound.AsSpan(_read - half, half + Math.Min(half, Pending));
        var added = TimeScaler.Lengthen(around, half, SampleRate, Math.Max(LeastAlike, Alike - (beyond / (60.0 * Millisecond))), _scratch);
        if (added == 0 || Room(added).Length < added)
            return;

        var pending = Pending;
        _sound.AsSpan(_read, pending).CopyTo(_sound.AsSpan(_read + added));
        _scratch.AsSpan(0, added).CopyTo(_sound.AsSpan(_read));
        _write += added;
        _stretched += TicksOf(added);
        _lastScaled = deadline;
    }
}
