using System.Text;
using Tandem.Media.Dtmf;

namespace Tandem.Media.Tests.Dtmf;

public class DtmfInfoTests
{
    [Theory]
    [InlineData("application/dtmf-relay", "Signal=5\r\nDuration=160", '5', 160)]
    [InlineData("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5', 160)]
    [InlineData("Application/DTMF-Relay; charset=utf-8", "signal = *\nduration = 250\n", '*', 250)]
    [InlineData("application/dtmf-relay", "Duration=100\r\nSignal=#", '#', 100)]
    [InlineData("application/dtmf-relay", "Signal=d", 'D', 160)]
    [InlineData("application/dtmf-relay", "Signal=10\r\nDuration=80", '*', 80)]
    [InlineData("application/dtmf-relay", "Signal=11", '#', 160)]
    [InlineData("application/dtmf-relay", "Signal=16", '!', 160)]
    [InlineData("application/dtmf-relay", "Signal=1\r\nDuration=", '1', 160)]
    [InlineData("application/dtmf-relay", "Signal=1\r\nDuration=-5", '1', 160)]
    [InlineData("application/dtmf-relay", "Signal=1\r\nDuration=99999999999", '1', 160)]
    [InlineData("application/dtmf", "5", '5', 160)]
    [InlineData("application/dtmf", " # \r\n", '#', 160)]
    [InlineData("application/dtmf", "11", '#', 160)]
    public void Bodies_that_hold_a_digit(string type, string body, char digit, int milliseconds)
    {
        Assert.True(DtmfInfo.TryParse(Encoding.ASCII.GetBytes(type), Encoding.ASCII.GetBytes(body), out var found, out var length));
        Assert.Equal((digit, milliseconds), (found, length));
    }

    [Theory]
    [InlineData("application/dtmf-relay", "")]
    [InlineData("application/dtmf-relay", "Signal=\r\nDuration=160")]
    [InlineData("application/dtmf-relay", "Signal=X")]
    [InlineData("application/dtmf-relay", "Signal=123")]
    [InlineData("application/dtmf-relay", "Signal=17")]
    [InlineData("application/dtmf-relay", "Signal=05")]
    [InlineData("application/dtmf", "")]
    [InlineData("application/dtmf", "E")]
    [InlineData("text/plain", "5")]
    [InlineData("", "5")]
    public void Bodies_that_hold_none(string type, string body) =>
        Assert.False(DtmfInfo.TryParse(Encoding.ASCII.GetBytes(type), Encoding.ASCII.GetBytes(body), out _, out _));

    [Theory]
    [InlineData('5', 160, "Signal=5\r\nDuration=160\r\n", "5")]
    [InlineData('d', 0, "Signal=D\r\nDuration=1\r\n", "D")]
    [InlineData('#', 90_000, "Signal=#\r\nDuration=60000\r\n", "#")]
    [InlineData('X', 100, "", "")]
    public void Bodies_that_are_written(char digit, int milliseconds, string relay, string plain)
    {
        var body = new byte[DtmfInfo.MaxBytes];
        Assert.Equal(relay, Encoding.ASCII.GetString(body, 0, DtmfInfo.WriteRelay(digit, milliseconds, body)));
        Assert.Equal(plain, Encoding.ASCII.GetString(body, 0, DtmfInfo.WritePlain(digit, body)));
    }
}
