using Tandem.Media.Recording;

namespace Tandem.Media.Tests.Recording;

public sealed class RecordingRingTests
{
    private readonly RecordingRing _ring = new(1024);
    private readonly short[] _a = new short[1024];
    private readonly short[] _b = new short[1024];

    [Fact]
    public void Frames_come_out_as_they_went_in_around_the_end()
    {
        var random = new Random(3);
        for (var i = 0; i < 5_000; i++)
        {
            var left = new short[random.Next(1, 200)];
            for (var s = 0; s < left.Length; s++)
                left[s] = (short)random.Next(short.MinValue, short.MaxValue);
            var right = random.Next(2) == 0 ? [] : left.Select(s => (short)~s).ToArray();
            Assert.True(_ring.TryWrite(left, right, 8000, isMuted: false));
            Assert.True(_ring.TryRead(_a, _b, out var length, out var channels, out var rate, out var dropped));
            Assert.Equal((left.Length, right.Length == 0 ? 1 : 2, 8000, 0), (length, channels, rate, dropped));
            Assert.Equal(left, _a[..length]);
            Assert.Equal(right.Length == 0 ? new short[length] : right, _b[..length]);
        }

        Assert.False(_ring.TryRead(_a, _b, out _, out _, out _, out _));
    }

    // What finds no room is counted, and its time goes with the next frame that does.
    [Fact]
    public void Dropped_time_is_told_by_the_next_frame()
    {
        var frame = new short[160];
        var taken = 0;
        while (_ring.TryWrite(frame, frame, 8000, isMuted: false))
            taken++;
        for (var i = 0; i < 9; i++)
            Assert.False(_ring.TryWrite(frame, frame, 8000, isMuted: false));
        Assert.Equal(200_000, _ring.DroppedMicroseconds);
        for (var i = 0; i < taken; i++)
        {
            Assert.True(_ring.TryRead(_a, _b, out _, out _, out _, out var dropped));
            Assert.Equal(0, dropped);
        }

        Assert.True(_ring.TryWrite(frame, [], 16000, isMuted: false));
        Assert.True(_ring.TryRead(_a, _b, out _, out _, out _, out var missing));
        Assert.Equal(200, missing);
    }

    [Fact]
    public void Muted_frames_are_zeros()
    {
        Assert.True(_ring.TryWrite([1, 2, 3], [4, 5, 6], 8000, isMuted: true));
        Assert.True(_ring.TryRead(_a, _b, out var length, out _, out _, out _));
        Assert.Equal([0, 0, 0, 0, 0, 0], _a[..length].Concat(_b[..length]));
    }
}
