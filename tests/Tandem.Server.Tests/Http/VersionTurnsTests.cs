using System.Net.Sockets;
using System.Text;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

public sealed class VersionTurnsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thing_is_changed_by_one_at_a_time_and_nobody_waits_for_another_thing()
    {
        var turns = new VersionTurns();
        var first = await turns.TakeAsync("a", "/api/v1/prompts/x", TimeSpan.Zero, Cancellation);
        Assert.NotNull(first);
        Assert.Null(await turns.TakeAsync("a", "/api/v1/prompts/x", TimeSpan.Zero, Cancellation));
        Assert.Null(await turns.TakeAsync("a", "/api/v1/prompts/x", TimeSpan.FromMilliseconds(1), Cancellation));
        using (await turns.TakeAsync("b", "/api/v1/prompts/x", TimeSpan.Zero, Cancellation))
        using (await turns.TakeAsync("a", "/api/v1/prompts/y", TimeSpan.Zero, Cancellation))
            Assert.Equal(3, turns.Count);

        var second = turns.TakeAsync("a", "/api/v1/prompts/x", Timeout.InfiniteTimeSpan, Cancellation);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second)!.Dispose();
        Assert.Equal(0, turns.Count);
    }

    [Fact]
    public async Task Who_goes_while_he_waits_leaves_nothing()
    {
        var turns = new VersionTurns();
        using (await turns.TakeAsync("a", "/x", TimeSpan.Zero, Cancellation))
        {
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var waiting = turns.TakeAsync("a", "/x", Timeout.InfiniteTimeSpan, gone.Token);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.Equal(1, turns.Count);
        }

        Assert.Equal(0, turns.Count);
    }

    // A client that sends one byte now and then would keep everybody else from changing the thing.
    [Theory]
    [InlineData("/api/v1/prompts/x", "audio/wav")]
    [InlineData("/api/v1/music/calm/x", "audio/wav")]
    [InlineData("/api/v1/toll/prices", "text/csv")]
    [InlineData("/api/v1/ivr/flows/x", "application/json")]
    public async Task Nobody_waits_for_the_body_of_another(string path, string type)
    {
        await using var server = await ApiServer.StartAsync(o => o with { Http = o.Http with { TurnWait = TimeSpan.FromMinutes(5) } });
        var address = server.Client.BaseAddress!;
        using var slow = new TcpClient();
        await slow.ConnectAsync(address.Host, address.Port, Cancellation);
        var reading = slow.GetStream();
        await reading.WriteAsync(Encoding.ASCII.GetBytes($"PUT {path} HTTP/1.1\r\nHost: {address.Authority}\r\nExpect: 100-continue\r\nContent-Type: {type}\r\nContent-Length: 1000\r\n\r\n"), Cancellation);

        // The server says so when it begins to read.
        var buffer = new byte[256];
        var length = await reading.ReadAtLeastAsync(buffer, 12, cancellationToken: Cancellation);
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
        await reading.WriteAsync("x"u8.ToArray(), Cancellation);
        Assert.Equal(0, server.Part<VersionTurns>().Count);
        using var content = new ByteArrayContent("nothing that is accepted"u8.ToArray());
        content.Headers.ContentType = new(type);
        using var answer = await server.Client.PutAsync(new Uri(path, UriKind.Relative), content, Cancellation);
        Assert.InRange((int)answer.StatusCode, 400, 415);
    }

    [Fact]
    public async Task Who_waits_too_long_is_told_so()
    {
        await using var server = await ApiServer.StartAsync(o => o with { Http = o.Http with { TurnWait = TimeSpan.FromMilliseconds(1) } });
        using (await server.Part<VersionTurns>().TakeAsync("default", "/API/V1/TOLL/RULES", TimeSpan.Zero, Cancellation))
        {
            using var answer = await server.RawAsync(HttpMethod.Delete, "/api/v1/Toll/rules");
            Assert.Equal((503, true), ((int)answer.StatusCode, answer.Headers.Contains("Retry-After")));
        }

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/toll/rules")).Status);
    }
}
