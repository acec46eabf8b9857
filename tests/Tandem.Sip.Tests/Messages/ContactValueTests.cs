using Tandem.Sip.Messages;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Messages;

/// <summary>RFC 3261 §20.10.</summary>
public class ContactValueTests
{
    [Theory]
    [InlineData("<sip:a@b.example>", -1, null)]
    [InlineData("<sip:a@b.example>;q=0", 0, null)]
    [InlineData("<sip:a@b.example>;q=0.", 0, null)]
    [InlineData("<sip:a@b.example>;q=0.7;expires=3600", 700, 3600u)]
    [InlineData("<sip:a@b.example>;Q=0.123;EXPIRES=0", 123, 0u)]
    [InlineData("<sip:a@b.example>;q=1.000", 1000, null)]
    [InlineData("<sip:a@b.example>;expires=99999999999999", -1, uint.MaxValue)]
    [InlineData("<sip:a@b.example>;expires=soon", -1, null)]
    [InlineData("<sip:a@b.example>;expires=-1", -1, null)]
    [InlineData("sip:a@b.example;expires=60", -1, 60u)]
    public void A_contact_has_q_and_expires(string text, int q, uint? expires)
    {
        Assert.True(ContactValue.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var contact));

        Assert.False(contact.IsStar);
        Assert.Equal("sip:a@b.example", Text(contact.Uri));
        Assert.Equal(q, contact.Q);
        Assert.Equal(expires, contact.Expires);
    }

    [Theory]
    [InlineData("1.001")]
    [InlineData("2")]
    [InlineData("0.1234")]
    [InlineData(".5")]
    [InlineData("0,5")]
    [InlineData("-0")]
    [InlineData("\"\"")]
    public void A_wrong_q_is_refused(string q) =>
        Assert.False(ContactValue.TryParse(System.Text.Encoding.UTF8.GetBytes($"<sip:a@b.example>;q={q}"), out _));

    [Fact]
    public void The_star_is_no_address()
    {
        Assert.True(ContactValue.TryParse(" * "u8, out var star));
        Assert.True(star.IsStar);
        Assert.True(star.Uri.IsEmpty);
        Assert.False(ContactValue.TryParse("*;expires=0"u8, out _));
    }
}
