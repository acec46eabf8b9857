using Tandem.Media.Plan;
using Tandem.Media.Sdp;
using Tandem.Media.Tests.Sdp;

namespace Tandem.Media.Tests.Plan;

public sealed class PayloadTableTests
{
    // RFC 3551 §6 for the static ones, rtpmap for the others; events have no clock of use.
    [Theory]
    [InlineData("0 8 9 18", "", 9, 8000)]
    [InlineData("0 34", "", 34, 90000)]
    [InlineData("6", "", 6, 16000)]
    [InlineData("111", "a=rtpmap:111 opus/48000/2", 111, 48000)]
    [InlineData("101", "a=rtpmap:101 telephone-event/8000", 101, 0)]
    [InlineData("96", "", 96, 0)]
    [InlineData("96", "a=rtpmap:96 broken", 96, 0)]
    [InlineData("96", "a=rtpmap:96 x/99999999", 96, 0)]
    public void Knows_the_clock_of_each_payload_type(string formats, string map, int type, int clock)
    {
        var text = $"v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 5000 RTP/AVP {formats}\n{map}";
        Assert.True(SdpParser.TryParse(Sdps.Bytes(text), new MediaOptions(), out var document, out var error), error);
        var table = new PayloadTable();
        table.Add(document, document.Media[0]);
        Assert.True(table.Contains(type));
        Assert.False(table.Contains(127));
        Assert.Equal(clock, table.ClockRate(type));
    }
}
