using Tandem.Calls.Tenants;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Server.Streams;

namespace Tandem.Server.Http;

/// <summary>What is counted before anybody has signed in, and what of a token.</summary>
public sealed class RateLimitMiddlewareTests
{
    private static TandemOptions Three(TandemOptions options) => ApiServer.Production(options) with { Http = options.Http with { RateLimitMax = 3 } };

    // Each made-up credential costs a look into the database.
    [Theory]
    [InlineData("/api/v1/events")]
    [InlineData("/metrics")]
    [InlineData("/health/detailed")]
    [InlineData("/api/v1/cdrs")]
    public async Task Who_guesses_credentials_is_counted_on_every_route_that_looks_at_them(string path)
    {
        await using var server = await ApiServer.StartAsync(Three);
        var limiter = server.Part<RateLimiter>();
        for (var i = 0; i < 3; i++)
            Assert.NotEqual(429, (await server.GetAsync(path, i == 1 ? ("Cookie", "tandem_session=made-up") : ("Authorization", "Bearer tdm_guess" + i))).Status);
        Assert.Equal(429, (await server.GetAsync(path, ("Authorization", "Bearer tdm_guess"))).Status);
        Assert.Equal((1, 0), (limiter.Count, limiter.Tokens));
    }

    [Fact]
    public async Task Tokens_in_a_sub_protocol_are_counted_too()
    {
        await using var server = await ApiServer.StartAsync(Three);
        for (var i = 0; i < 3; i++)
            Assert.Equal(401, await EventClient.RefusalAsync(server, "", o => o.AddSubProtocol("bearer.tdm_guess" + i)));
        Assert.Equal(429, await EventClient.RefusalAsync(server, "", o => o.AddSubProtocol("bearer.tdm_guess")));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/health")]
    [InlineData("/health/detailed")]
    public async Task Probes_are_not_counted(string path)
    {
        await using var server = await ApiServer.StartAsync(Three);
        for (var i = 0; i < 5; i++)
            Assert.Equal(200, (await server.GetAsync(path)).Status);
        Assert.Equal(0, server.Part<RateLimiter>().Count);
    }

    // Whatever the source: here the token has used up what it has elsewhere.
    [Fact]
    public async Task A_token_that_is_good_is_counted_for_itself()
    {
        await using var server = await ApiServer.StartAsync(Three);
        var (token, text) = await server.Storage.Tokens.CreateAsync(TenantId.Default, "robot", cancellation: TestContext.Current.CancellationToken);
        await server.Part<RateLimiter>().TakeTokenAsync(token.Id);
        await server.Part<RateLimiter>().TakeTokenAsync(token.Id);
        using (var last = await server.RawAsync(HttpMethod.Get, "/api/v1/cdrs", null, ("Authorization", "Bearer " + text.Reveal())))
            Assert.Equal((200, "0"), ((int)last.StatusCode, last.Headers.GetValues("RateLimit-Remaining").Single()));
        using var refused = await server.RawAsync(HttpMethod.Get, "/api/v1/cdrs", null, ("Authorization", "Bearer " + text.Reveal()));
        Assert.Equal((429, true), ((int)refused.StatusCode, refused.Headers.Contains("Retry-After")));
    }
}
