using Tandem.Calls.Routing;

namespace Tandem.Calls.Tests.Routing;

public class DestinationTests
{
    [Theory]
    [InlineData("100", typeof(Destination.Number))]
    [InlineData("+442079460000", typeof(Destination.Number))]
    [InlineData("*43", typeof(Destination.Number))]
    [InlineData("extension:100", typeof(Destination.Extension))]
    [InlineData("group:sales", typeof(Destination.Group))]
    [InlineData("queue:sales", typeof(Destination.Queue))]
    [InlineData("queue:sales?priority=5", typeof(Destination.Queue))]
    [InlineData("ivr:main-menu", typeof(Destination.Ivr))]
    [InlineData("room:800", typeof(Destination.Room))]
    [InlineData("voicemail:100", typeof(Destination.Voicemail))]
    [InlineData("trunk:+442079460000", typeof(Destination.Trunk))]
    [InlineData("trunk:+442079460000@main", typeof(Destination.Trunk))]
    [InlineData("play:closed", typeof(Destination.Play))]
    [InlineData("echo", typeof(Destination.Echo))]
    [InlineData("park:", typeof(Destination.Park))]
    [InlineData("park:701", typeof(Destination.Park))]
    [InlineData("reject:486", typeof(Destination.Reject))]
    [InlineData("webhook:https://crm.example.org/next?x=1", typeof(Destination.Webhook))]
    [InlineData("external:sip:bob@example.org", typeof(Destination.External))]
    public void A_text_is_read_and_written_as_it_was(string text, Type type)
    {
        Assert.True(Destination.TryParse(text, out var destination, out var problem), problem);
        Assert.Equal((type, text), (destination.GetType(), destination.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sales")]
    [InlineData("extension:")]
    [InlineData("extension:a b")]
    [InlineData("group:a/b")]
    [InlineData("queue:sales?priority=0")]
    [InlineData("queue:sales?priority=101")]
    [InlineData("queue:sales?weight=5")]
    [InlineData("queue:?priority=5")]
    [InlineData("queue:sales?priority=-1")]
    [InlineData("reject:200")]
    [InlineData("reject:700")]
    [InlineData("echo:1")]
    [InlineData("trunk:44@")]
    [InlineData("webhook:ftp://example.org")]
    [InlineData("webhook:https://user:secret@example.org/")]
    [InlineData("external:bob@example.org")]
    [InlineData("external:sip:bob@example.org>\r\nX: y")]
    [InlineData("100\r\n")]
    public void What_is_none_says_what_is_accepted(string? text)
    {
        Assert.False(Destination.TryParse(text, out _, out var problem));
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void A_text_that_is_too_long_is_none() => Assert.False(Destination.TryParse("webhook:https://example.org/" + new string('a', Destination.MostLength), out _, out _));
}
