using Tandem.Media.Jitter;

namespace Tandem.Media.Tests.Jitter;

public class RedundantPayloadTests
{
    // RFC 2198 §3: two redundant blocks of 3 and 1 bytes, 320 and 160 units earlier, and a primary of 2.
    [Fact]
    public void Blocks_are_read_in_place()
    {
        byte[] bytes = [0x80 | 5, 0x05, 0x00, 0x03, 0x80 | 6, 0x02, 0x80, 0x01, 7, 1, 2, 3, 4, 5, 6];
        Assert.True(RedundantPayload.TryParse(bytes, out var payload));
        Assert.Equal((2, 7), (payload.Count, payload.PrimaryType));
        Assert.Equal([5, 6], payload.Primary.ToArray());
        Assert.Equal([1, 2, 3], payload.Block(0, out var type, out var offset).ToArray());
        Assert.Equal((5, 320), (type, offset));
        Assert.Equal([4], payload.Block(1, out type, out offset).ToArray());
        Assert.Equal((6, 160), (type, offset));
    }

    [Theory]
    [InlineData("00", true)]
    [InlineData("00010203", true)]
    [InlineData("", false)]
    [InlineData("80", false)]
    [InlineData("8000", false)]
    [InlineData("80000000", false)]
    [InlineData("8000000000", true)]
    [InlineData("8000000100", false)]
    [InlineData("800000010005", true)]
    [InlineData("FFFFFFFF00", false)]
    [InlineData("800000008000000080000000800000008000000080000000800000008000000000", true)]
    [InlineData("80000000800000008000000080000000800000008000000080000000800000008000000000", false)]
    public void Lengths_are_checked(string hex, bool isReadable) =>
        Assert.Equal(isReadable, RedundantPayload.TryParse(Convert.FromHexString(hex), out _));
}
