using System.Text;
using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Tests.Calls.Transfer;

public class SdpDirectionsTests
{
    // RFC 3264 §5.1: without an attribute a stream is sendrecv.
    [Theory]
    [InlineData("v=0\r\nm=audio 1 RTP/AVP 0\r\na=recvonly\r\na=ptime:20\r\n", "v=0\r\nm=audio 1 RTP/AVP 0\r\na=ptime:20\r\n")]
    [InlineData("v=0\r\na=inactive\r\nm=audio 1 RTP/AVP 0\r\na=sendonly", "v=0\r\nm=audio 1 RTP/AVP 0\r\n")]
    [InlineData("v=0\na=RecvOnly \nm=audio 1 RTP/AVP 0\n", "v=0\nm=audio 1 RTP/AVP 0\n")]
    [InlineData("v=0\r\na=sendrecv\r\na=x:sendonly\r\ns=a=recvonly\r\n", "v=0\r\na=sendrecv\r\na=x:sendonly\r\ns=a=recvonly\r\n")]
    [InlineData("", "")]
    public void A_hold_is_taken_out(string sdp, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(SdpDirections.WithoutHold(Encoding.UTF8.GetBytes(sdp))));
}
