using Tandem.Core.Time;
using Tandem.Media.Mixing;

namespace Tandem.Media.Audio;

/// <summary>A tap and what brings both its channels to one rate. Owned by the media loop, which disposes it once.</summary>
/// <param name="id">Its number.</param>
/// <param name="tap">Who listens.</param>
/// <param name="side">The tapped side; null for both.</param>
/// <param name="kind">What it is for.</param>
internal sealed class ActiveTap(TapId id, IAudioTap tap, MediaSide? side, TapKind kind = TapKind.Recording) : IDisposable
{
    private readonly RateConverter _convertA = new();
    private readonly RateConverter _convertB = new();
    private readonly short[] _a = new short[960];
    private readonly short[] _b = new short[960];
    private bool _failed;

    public TapId Id => id;

    public MediaSide? Side => side;

    public TapKind Kind => kind;

    /// <summary>Hands over one tick. An empty channel is silence; it lasts 20 ms all the same, so that recordings keep the time.</summary>
    public void Write(ReadOnlySpan<short> a, int rateA, ReadOnlySpan<short> b, int rateB, Moment at)
    {
        if (_failed)
            return;

        var rate = Math.Max(rateA, rateB);
        try
        {
            tap.Write(Bring(a, rateA, rate, _convertA, _a), Bring(b, rateB, rate, _convertB, _b), rate, at);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Somebody else's code: its fault ends the tap and not the call. Its owner hears of it when it is disposed.
            _failed = true;
        }
    }

    public void Dispose()
    {
        _convertA.Dispose();
        _convertB.Dispose();
        tap.Dispose();
    }

    private static ReadOnlySpan<short> Bring(ReadOnlySpan<short> samples, int from, int to, RateConverter converter, short[] room)
    {
        var frame = room.AsSpan(0, to / 50);
        if (samples.IsEmpty)
            frame.Clear();
        else if (from == to)
            return samples;
        else
            converter.Convert(samples, from, frame, to);
        return frame;
    }
}
