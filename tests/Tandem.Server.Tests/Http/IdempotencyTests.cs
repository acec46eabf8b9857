using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tandem.Server.Options;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

public class IdempotencyTests
{
    private static readonly object Call = new { phoneNumber = "+79001234567", direction = "incoming" };

    [Fact]
    public async Task A_repeated_request_gets_the_same_answer_and_does_nothing_again()
    {
        await using var server = await ApiServer.StartAsync();
        using var first = await server.RawAsync(HttpMethod.Post, "/api/v1/calls", Call, ("Idempotency-Key", "one"));
        using var again = await server.RawAsync(HttpMethod.Post, "/api/v1/calls", Call, ("Idempotency-Key", "one"));
        using var other = await server.RawAsync(HttpMethod.Post, "/api/v1/calls", Call, ("Idempotency-Key", "two"));

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created], [first.StatusCode, again.StatusCode, other.StatusCode]);
        var body = await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(body, await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.NotEqual(body, await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(2, (await server.JsonAsync("/api/v1/calls")).GetProperty("data").GetProperty("pagination").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_key_belongs_to_one_request()
    {
        await using var server = await ApiServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/api/v1/calls", Call, ("Idempotency-Key", "one"));
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/calls", new { phoneNumber = "+79001234568", direction = "incoming" }, ("Idempotency-Key", "one"));
        Assert.Equal(422, status);
        Assert.Contains("IDEMPOTENCY_KEY_REUSED", body);
    }

    [Theory]
    [InlineData("a b", 1)]
    [InlineData("a", 256)]
    public async Task A_key_is_visible_ascii_and_not_long(string key, int times)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "/api/v1/calls", Call, ("Idempotency-Key", string.Concat(Enumerable.Repeat(key, times))))).Status);
    }

    [Fact]
    public async Task While_the_first_runs_its_repetition_is_told_so_and_a_failure_is_not_kept()
    {
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        var runs = 0;
        var middleware = new IdempotencyMiddleware(
            async context =>
            {
                if (Interlocked.Increment(ref runs) == 1)
                {
                    entered.SetResult();
                    await leave.Task;
                }

                context.Response.StatusCode = runs == 1 ? 500 : 201;
            },
            new TandemOptions(), TimeProvider.System);

        var first = Context("k");
        var running = middleware.InvokeAsync(first);
        await entered.Task;
        var second = Context("k");
        await middleware.InvokeAsync(second);
        Assert.Equal((409, "1"), (second.Response.StatusCode, second.Response.Headers.RetryAfter.ToString()));

        leave.SetResult();
        await running;
        Assert.Equal((500, 0), (first.Response.StatusCode, middleware.Count));
        var third = Context("k");
        await middleware.InvokeAsync(third);
        Assert.Equal((201, 2), (third.Response.StatusCode, runs));
    }

    [Fact]
    public async Task The_number_of_keys_is_bounded()
    {
        var middleware = new IdempotencyMiddleware(_ => Task.CompletedTask, new TandemOptions { Http = new HttpOptions { IdempotencyMax = 10 } }, TimeProvider.System);
        for (var i = 0; i < 100; i++)
            await middleware.InvokeAsync(Context($"k{i}"));
        Assert.Equal(10, middleware.Count);
    }

    private static DefaultHttpContext Context(string key)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Path = "/api/v1/x";
        context.Request.Headers["Idempotency-Key"] = key;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes("{}"));
        context.Response.Body = new MemoryStream();
        context.Features.Set(new Identity(IdentityKind.Loopback, "loopback"));
        return context;
    }
}
