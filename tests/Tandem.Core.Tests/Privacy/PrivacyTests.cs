using Tandem.Core.Privacy;

namespace Tandem.Core.Tests.Privacy;

public class PrivacyTests
{
    [Fact]
    public void A_secret_never_prints()
    {
        var secret = new Secret("hunter2");
        Assert.Equal("***", secret.ToString());
        Assert.DoesNotContain("hunter2", $"{secret}");
        Assert.Equal("hunter2", secret.Reveal());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("1", "*")]
    [InlineData("10", "**")]
    [InlineData("100", "*00")]
    [InlineData("+4930123456", "********56")]
    public void A_number_is_hidden_but_for_its_end(string text, string expected) => Assert.Equal(expected, PersonalText.Redact(text));
}
