using Tandem.Calls.Registrar;

namespace Tandem.Calls.Tests.Registrar;

public class ExtensionRangeTests
{
    [Theory]
    [InlineData("100", true)]
    [InlineData("110", true)]
    [InlineData("105", true)]
    [InlineData("99", false)]
    [InlineData("111", false)]
    [InlineData("0100", false)]
    [InlineData("", false)]
    [InlineData("10a", false)]
    [InlineData("+100", false)]
    [InlineData(" 100", false)]
    [InlineData("١٠٥", false)]
    [InlineData("4294967396", false)]
    [InlineData("99999999999999999999", false)]
    public void A_number_has_one_spelling(string number, bool inside) => Assert.Equal(inside, new ExtensionRange(100, 110).Contains(number));

    [Fact]
    public void Zero_is_a_number() => Assert.True(new ExtensionRange(0, 3).Contains("0"));

    [Fact]
    public void The_numbers_are_listed_in_order()
    {
        var range = new ExtensionRange(99, 101);

        Assert.Equal(["99", "100", "101"], range.Numbers());
        Assert.Equal(3, range.Count);
        Assert.Equal("99-101", range.ToString());
        Assert.Equal(0, new ExtensionRange(2, 1).Count);
    }
}
