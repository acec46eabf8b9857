using Tandem.Server.Hosting;

namespace Tandem.Server.Http;

/// <summary>What an answer says of the server and of the way to it, at the real sockets.</summary>
public class TransportHeadersTests
{
    // RFC 6797 §7.2: over plain HTTP the header must not be there.
    [Fact]
    public async Task Over_TLS_browsers_are_told_to_stay_there_and_nobody_is_told_what_serves()
    {
        await using var exchange = await RunningExchange.StartAsync(options => options with { Server = options.Server with { HttpsPort = 0 } });
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var secure = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{exchange.Host.Report.HttpsPort}") };
        using var over = await secure.GetAsync("/health", TestContext.Current.CancellationToken);
        using var plain = await exchange.Client.GetAsync("/health", TestContext.Current.CancellationToken);

        Assert.Equal("max-age=31536000", over.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
        foreach (var answer in new[] { over, plain })
        {
            Assert.False(answer.Headers.Contains("Server"));
            Assert.False(answer.Headers.Contains("X-Powered-By"));
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }
}
