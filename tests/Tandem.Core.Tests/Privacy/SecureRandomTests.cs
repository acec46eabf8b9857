using Tandem.Core.Privacy;

namespace Tandem.Core.Tests.Privacy;

public class SecureRandomTests
{
    private readonly SecureRandom _random = new();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-3, 4)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void Numbers_stay_in_their_range_and_reach_its_ends(int min, int max)
    {
        var seen = new HashSet<int>();
        for (var i = 0; i < 2_000; i++)
        {
            var value = _random.Next(min, max);
            Assert.InRange(value, min, max - 1);
            seen.Add(value);
        }

        Assert.True(seen.Count >= Math.Min(1_900L, (long)max - min));
    }

    [Theory]
    [InlineData(1, 1L << 62)]
    [InlineData(long.MinValue, long.MaxValue)]
    public void Large_numbers_stay_in_their_range_and_differ(long min, long max)
    {
        var seen = new HashSet<long>();
        for (var i = 0; i < 1_000; i++)
        {
            var value = _random.NextInt64(min, max);
            Assert.InRange(value, min, max - 1);
            Assert.True(seen.Add(value));
        }
    }

    [Fact]
    public void Fractions_lie_between_0_and_1()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.InRange(_random.NextDouble(), 0, 0.9999999999999999);
            Assert.InRange(_random.NextSingle(), 0, 0.99999994f);
        }
    }

    [Fact]
    public void An_empty_range_is_its_only_value_and_a_reversed_one_is_refused()
    {
        Assert.Equal(5, _random.Next(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => _random.Next(5, 4));
    }
}
