using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>
/// What a call carries from one phone to the other, and what the exchange adds or keeps for itself. Each name is a pair of scenarios in
/// <c>Sipp/Rfc</c>, and both check what arrives.
/// </summary>
public class CallScenarioTests(SippServer server) : IClassFixture<SippServer>
{
    [Theory]
    [InlineData("3262")]
    [InlineData("3311")]
    [InlineData("3323")]
    [InlineData("3325")]
    [InlineData("3325-id")]
    [InlineData("3326")]
    [InlineData("3326-cancel")]
    [InlineData("4028")]
    [InlineData("5373")]
    [InlineData("5621")]
    [InlineData("5806")]
    [InlineData("6086")]
    [InlineData("6228")]
    [InlineData("7044")]
    [InlineData("7989")]
    [InlineData("3428")]
    public Task Both_phones_see_what_the_rfc_says(string rfc) => server.CallAsync(rfc);

    // RFC 4028 §9: 422; RFC 3911 §4: 420; RFC 3428 §7: 480 for a text to a phone that is not there.
    [Theory]
    [InlineData("4028-small")]
    [InlineData("3911")]
    [InlineData("3428-nobody")]
    public Task What_cannot_be_is_refused_with_its_reason(string name) => server.RunAsync(name, server.Phone(), server.Phone());

    // All messages of both RFCs, byte by byte: HostileTrafficTests.
    [Theory]
    [InlineData("4475", "127.0.0.1")]
    [InlineData("5118", "[::1]")]
    public Task What_is_only_unusual_is_answered(string name, string host) => server.RunAsync(name, server.Phone() with { Host = host }, server.Phone());
}
