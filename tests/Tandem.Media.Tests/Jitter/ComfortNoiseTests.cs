using Tandem.Media.Jitter;

namespace Tandem.Media.Tests.Jitter;

public class ComfortNoiseTests
{
    // RFC 3389 §3.1: the level in -dBov, whatever the spectrum (§3.2).
    [Theory]
    [InlineData(30, new byte[0])]
    [InlineData(50, new byte[0])]
    [InlineData(40, new byte[] { 30 })]
    [InlineData(40, new byte[] { 230, 60, 200 })]
    [InlineData(40, new byte[] { 40, 200, 90, 127, 140, 120, 127, 110, 130, 127, 127, 127, 90, 90 })]
    public void The_level_is_right(int level, byte[] reflection)
    {
        var noise = new ComfortNoise();
        Assert.True(noise.Update([(byte)level, .. reflection]));
        var samples = new short[80_000];
        noise.Fill(samples);
        Assert.Equal(-level, 20 * Math.Log10(Pitch.Level(samples) / 32767), 0.5);
        Assert.Equal(-level, noise.LevelDb);
    }

    // §3.2: a first coefficient near -1 (index 0) makes low noise, one near 1 (index 254) high noise; 127 and none make it white.
    [Theory]
    [InlineData(20, 0.7, 1)]
    [InlineData(127, -0.1, 0.1)]
    [InlineData(255, -0.1, 0.1)]
    [InlineData(234, -1, -0.7)]
    public void The_spectrum_follows_the_coefficients(int index, double least, double most)
    {
        var noise = new ComfortNoise();
        noise.Update([30, (byte)index]);
        var samples = new short[40_000];
        noise.Fill(samples);
        double same = 0, next = 0;
        for (var i = 1; i < samples.Length; i++)
        {
            same += samples[i] * samples[i];
            next += samples[i] * samples[i - 1];
        }

        Assert.InRange(next / same, least, most);
    }

    [Fact]
    public void Nothing_is_known_before_the_first_description()
    {
        var noise = new ComfortNoise();
        var samples = new short[] { 1, 2, 3 };
        Assert.False(noise.Update([]));
        noise.Fill(samples);
        Assert.Equal([0, 0, 0], samples);
    }
}
