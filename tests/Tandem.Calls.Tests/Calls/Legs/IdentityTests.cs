using Tandem.Calls.Calls.Legs;

namespace Tandem.Calls.Tests.Calls.Legs;

public class IdentityTests
{
    // RFC 3261 §25.1: a display name with anything special is a quoted string.
    [Theory]
    [InlineData("", "<sip:100@example.com>")]
    [InlineData("Ada", "\"Ada\" <sip:100@example.com>")]
    [InlineData("A \"B\" \\C", "\"A \\\"B\\\" \\\\C\" <sip:100@example.com>")]
    [InlineData("x\r\nEvil: 1\0", "\"xEvil: 1\" <sip:100@example.com>")]
    [InlineData("Jürgen", "\"Jürgen\" <sip:100@example.com>")]
    public void A_name_cannot_break_out_of_its_quotes(string name, string written)
    {
        Assert.Equal(written, Identity.NameAddr(name, "100", "example.com"));
    }

    // RFC 3261 §25.1: the user part is left out, or it has a character at least.
    [Fact]
    public void Without_a_number_there_is_no_user_part() => Assert.Equal("\"Ada\" <sip:example.com>", Identity.NameAddr("Ada", "", "example.com"));
}
