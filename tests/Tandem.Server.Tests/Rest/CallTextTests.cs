using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Server.Rest;

namespace Tandem.Server.Tests.Rest;

public sealed class CallTextTests
{
    [Theory]
    [InlineData("192.0.2.1:5060", "192.0.2.1", 5060)]
    [InlineData("[2001:DB8::1]:5061", "2001:db8::1", 5061)] // RFC 5952 §4.3: lower case
    [InlineData("2001:db8::1:5061", "2001:db8::1", 5061)]
    [InlineData("192.0.2.1", "192.0.2.1", 0)]
    [InlineData("example.com:5060", "example.com:5060", 0)]
    [InlineData("192.0.2.1:", "192.0.2.1:", 0)]
    [InlineData(":5060", ":5060", 0)]
    [InlineData("", "", 0)]
    public void An_address_is_split_into_host_and_port(string address, string host, int port)
    {
        Assert.Equal((host, port), CallText.Split(address));
    }

    [Fact]
    public void Every_state_and_word_has_its_text()
    {
        Assert.Equal(["INITIATED", "RINGING", "ESTABLISHED", "TERMINATING", "TERMINATED"], Enum.GetValues<CallState>().Select(CallText.State));
        Assert.Equal("NOT_REGISTERED", CallText.Word(EndReason.NotRegistered));
        Assert.Equal("SUCCESS", CallText.Word(ResultClass.Success));
        Assert.Equal("masked", CallText.Recording(CallRecordingState.Masked));
        Assert.Equal("99", CallText.Word((EndReason)99));
    }

    [Theory]
    [InlineData("2026-03-01T12:00:14.005+02:00", "2026-03-01T10:00:14.005Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999Z")]
    [InlineData("2024-02-29T23:59:59.12Z", "2024-02-29T23:59:59.120Z")]
    public void A_time_is_written_in_UTC_with_milliseconds(string time, string expected)
    {
        var options = new JsonSerializerOptions { Converters = { new ApiTime() } };
        Assert.Equal($"\"{expected}\"", JsonSerializer.Serialize(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), options));
    }
}
