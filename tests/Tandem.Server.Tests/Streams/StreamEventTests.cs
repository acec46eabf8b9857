using Tandem.Storage.Streams;

namespace Tandem.Server.Streams;

public sealed class StreamEventTests
{
    [Theory]
    [InlineData("""{"caller":"100","callee":"101"}""", "100 101")]
    [InlineData("""{"number":"100"}""", "100")]
    [InlineData("""{"from":"100","to":"101"}""", "100 101")]
    [InlineData("""{"extension":"100"}""", "100")]
    [InlineData("""{"agent":"100"}""", "100")]
    [InlineData("""{"mailbox":"100","caller":"101"}""", "100 101")]
    [InlineData("""{"agents":["100","101",7,null]}""", "100 101")]
    [InlineData("""{"supervisor":"100","mode":"listen"}""", "100")]
    [InlineData("""{"messageId":"100","agents":{"100":1},"number":100}""", "")]
    public void An_event_concerns_every_number_that_takes_part(string data, string numbers)
    {
        var e = StreamEvent.From(new StoredEvent(1, "any", "", $$"""{"type":"any","data":{{data}}}"""));
        Assert.Equal(numbers, string.Join(' ', new[] { "100", "101" }.Where(e.Concerns)));
    }
}
