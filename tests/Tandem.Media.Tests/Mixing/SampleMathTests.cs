using Tandem.Media.Mixing;

namespace Tandem.Media.Tests.Mixing;

public class SampleMathTests
{
    private static readonly Random Random = new(3);

    // Lengths around the width of a vector, and the frames of 8, 16, 44.1 and 48 kHz.
    public static TheoryData<int> Lengths => [0, 1, 7, 15, 16, 17, 31, 33, 160, 320, 882, 960];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Vectors_give_what_single_samples_give(int length)
    {
        var x = Noise(length, 32767);
        var y = Noise(length, 32767);
        var sum = new int[length];
        SampleMath.Add(sum, x);
        SampleMath.Add(sum, y);
        SampleMath.AddScaled(sum, y, -512);
        for (var i = 0; i < length; i++)
            Assert.Equal(x[i] + y[i] + ((y[i] * -512) >> 10), sum[i]);

        var narrow = new short[length];
        SampleMath.Narrow(sum, narrow);
        var without = new short[length];
        SampleMath.NarrowWithout(sum, x, without);
        var mixed = (short[])x.Clone();
        SampleMath.Mix(mixed, y);
        var scaled = (short[])x.Clone();
        SampleMath.Scale(scaled, 3000);
        for (var i = 0; i < length; i++)
        {
            Assert.Equal(Saturate(sum[i]), narrow[i]);
            Assert.Equal(Saturate(sum[i] - x[i]), without[i]);
            Assert.Equal(Saturate(x[i] + y[i]), mixed[i]);
            Assert.Equal(Saturate((x[i] * 3000) >> 10), scaled[i]);
        }

        var square = length == 0 ? 0 : x.Sum(v => (double)v * v) / length;
        Assert.Equal(square, SampleMath.MeanSquare(x), square * 1e-5);
    }

    [Fact]
    public void A_thousand_voices_at_full_scale_do_not_wrap()
    {
        var loud = Enumerable.Repeat(short.MaxValue, 160).ToArray();
        var sum = new int[160];
        for (var i = 0; i < 1000; i++)
            SampleMath.Add(sum, loud);
        var result = new short[160];
        SampleMath.NarrowWithout(sum, loud, result);
        Assert.All(result, v => Assert.Equal(short.MaxValue, v));
    }

    [Theory]
    [InlineData(0, 1024)]
    [InlineData(6.0206, 2048)]
    [InlineData(-6.0206, 512)]
    [InlineData(30, 32382)]
    [InlineData(90, 32382)]
    [InlineData(-61, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    public void Gains_are_factors(double db, int factor) => Assert.Equal(factor, SampleMath.GainOf(db));

    [Fact]
    public void A_join_begins_where_the_other_ended_and_leaves_the_rest_alone()
    {
        var frame = Enumerable.Repeat((short)1000, 160).ToArray();
        SampleMath.Join(-9000, frame, 40);
        Assert.Equal(-9000, frame[0]);
        Assert.All(Enumerable.Range(1, 159), i => Assert.InRange(frame[i] - frame[i - 1], 0, 251));
        Assert.Equal(1000, frame[40]);
    }

    private static short[] Noise(int length, int amplitude) => [.. Enumerable.Range(0, length).Select(_ => (short)Random.Next(-amplitude - 1, amplitude + 1))];

    private static short Saturate(int value) => (short)Math.Clamp(value, short.MinValue, short.MaxValue);
}
