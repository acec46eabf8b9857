using Tandem.Core.Privacy;

namespace Tandem.Core.Tests.Privacy;

public class ShortMacTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];

    // The vectors of the reference implementation (vectors_sip128): key 00..0f, input 00, 01, ... of the given length.
    [Theory]
    [InlineData(0, "a3817f04ba25a8e66df67214c7550293")]
    [InlineData(1, "da87c1d86b99af44347659119b22fc45")]
    [InlineData(8, "3b62a9ba6258f5610f83e264f31497b4")]
    [InlineData(15, "5493e99933b0a8117e08ec0f97cfc3d9")]
    [InlineData(63, "5150d1772f50834a503e069a973fbd7c")]
    public void Compute_GivesTheReferenceVectors(int length, string expected)
    {
        var result = new byte[ShortMac.Size];
        new ShortMac(Key).Compute([.. Enumerable.Range(0, length).Select(i => (byte)i)], result);
        Assert.Equal(expected, Convert.ToHexStringLower(result));
    }

    [Fact]
    public void Compute_DependsOnEveryBitOfTheKey()
    {
        var first = new byte[ShortMac.Size];
        new ShortMac(Key).Compute("REGISTER"u8, first);
        for (var bit = 0; bit < 128; bit++)
        {
            var other = (byte[])Key.Clone();
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            var second = new byte[ShortMac.Size];
            new ShortMac(other).Compute("REGISTER"u8, second);
            Assert.NotEqual(first, second);
        }
    }
}
