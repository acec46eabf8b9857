using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Extensions;

namespace Tandem.Storage.Tests.Extensions;

public sealed class ExtensionListTests
{
    private static readonly ExtensionList List = new(new[] { "1000", "99", "101", "100", "9", "0500" }.Select(number => new Extension(TenantId.Default, number, new Secret("s"))));

    [Theory]
    [InlineData(null, 100, "9 99 100 101 0500 1000")]
    [InlineData(null, 2, "9 99")]
    [InlineData(null, 0, "")]
    [InlineData("99", 2, "100 101")]
    [InlineData("100", 1, "101")]
    [InlineData("1000", 5, "")]
    [InlineData("10000", 5, "")]
    [InlineData("0", 1, "9")] // it need not be there
    [InlineData("1004", 5, "")]
    [InlineData("55", 2, "99 100")]
    public void A_page_begins_behind_a_number(string? after, int limit, string expected)
    {
        Assert.Equal(expected, string.Join(' ', List.After(after, limit).ToArray().Select(extension => extension.Number)));
    }

    [Fact]
    public void The_list_is_in_the_order_of_its_pages()
    {
        Assert.Equal(["9", "99", "100", "101", "0500", "1000"], List.Select(extension => extension.Number));
        Assert.Equal(6, List.Count);
        Assert.Equal("99", List[1].Number);
        Assert.Empty(ExtensionList.Empty);
        Assert.True(ExtensionList.Empty.After("1", 5).IsEmpty);
    }
}
