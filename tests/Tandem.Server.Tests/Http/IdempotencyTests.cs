using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;

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
    public async Task What_is_shown_once_is_shown_again_to_who_lost_it_and_to_nobody_else()
    {
        await using var server = await ApiServer.StartAsync();
        var token = new { name = "ci", scopes = new[] { "calls:read" } };
        var (_, first) = await server.SendAsync(HttpMethod.Post, "/api/v1/tokens", token, ("Idempotency-Key", "one"));
        using var again = await server.RawAsync(HttpMethod.Post, "/api/v1/tokens", token, ("Idempotency-Key", "one"));
        Assert.Equal((first, HttpStatusCode.Created), (await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), again.StatusCode));

        var secret = JsonDocument.Parse(first).RootElement.GetProperty("data").GetProperty("text").GetString()!;
        using var asOther = await server.RawAsync(HttpMethod.Post, "/api/v1/calls", Call, ("Idempotency-Key", "one"), ("Authorization", $"Bearer {secret}"));
        Assert.Equal(HttpStatusCode.Forbidden, asOther.StatusCode);
    }

    [Fact]
    public async Task While_the_first_runs_its_repetition_is_told_so_and_a_failure_is_not_kept()
    {
        using var nodes = new TwoNodes();
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        var runs = 0;
        RequestDelegate work = async context =>
        {
            if (Interlocked.Increment(ref runs) == 1)
            {
                entered.SetResult();
                await leave.Task;
            }

            context.Response.StatusCode = runs == 1 ? 500 : 201;
        };

        var first = Context("k");
        var running = nodes.One(work).InvokeAsync(first);
        await entered.Task;
        foreach (var node in new[] { nodes.One(work), nodes.Other(work) })
        {
            var second = Context("k");
            await node.InvokeAsync(second);
            Assert.Equal((409, "1"), (second.Response.StatusCode, second.Response.Headers.RetryAfter.ToString()));
        }

        leave.SetResult();
        await running;
        Assert.Equal(500, first.Response.StatusCode);
        var third = Context("k");
        await nodes.Other(work).InvokeAsync(third);
        Assert.Equal((201, 2), (third.Response.StatusCode, runs));
    }

    [Fact]
    public async Task A_repetition_at_another_node_gets_the_answer_of_the_first()
    {
        using var nodes = new TwoNodes();
        var runs = 0;
        RequestDelegate work = async context =>
        {
            runs++;
            context.Response.StatusCode = 201;
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.Headers.Location = "/api/v1/x/1";
            context.Response.Headers.ETag = "\"7\"";
            await context.Response.WriteAsync("{}");
        };
        await nodes.One(work).InvokeAsync(Context("k"));
        var again = Context("k");
        await nodes.Other(work).InvokeAsync(again);

        Assert.Equal((1, 201, "application/json; charset=utf-8"), (runs, again.Response.StatusCode, again.Response.ContentType));
        Assert.Equal(("/api/v1/x/1", "\"7\"", "true"), (again.Response.Headers.Location.ToString(), again.Response.Headers.ETag.ToString(), again.Response.Headers["Idempotency-Replayed"].ToString()));
        Assert.Equal("{}", Encoding.UTF8.GetString(((MemoryStream)again.Response.Body).ToArray()));
    }

    [Fact]
    public async Task Who_hangs_up_in_the_middle_gets_the_whole_outcome_later()
    {
        using var nodes = new TwoNodes();
        using var connection = new CancellationTokenSource();
        RequestDelegate work = async context =>
        {
            await connection.CancelAsync();
            context.RequestAborted.ThrowIfCancellationRequested();
            context.Response.StatusCode = 201;
        };
        var first = Context("k");
        first.RequestAborted = connection.Token;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => nodes.One(work).InvokeAsync(first));
        var again = Context("k");
        await nodes.Other(work).InvokeAsync(again);
        Assert.Equal((201, "true"), (again.Response.StatusCode, again.Response.Headers["Idempotency-Replayed"].ToString()));
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

    /// <summary>Two openings of one database, with the middleware over each.</summary>
    private sealed class TwoNodes : IDisposable
    {
        private readonly Folder _folder = new();
        private readonly TandemStorage[] _nodes;

        public TwoNodes() => _nodes = [Open(), Open()];

        public IdempotencyMiddleware One(RequestDelegate next) => new(next, new TandemOptions(), _nodes[0], NullLogger<IdempotencyMiddleware>.Instance);

        public IdempotencyMiddleware Other(RequestDelegate next) => new(next, new TandemOptions(), _nodes[1], NullLogger<IdempotencyMiddleware>.Instance);

        public void Dispose()
        {
            foreach (var node in _nodes)
                node.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _folder.Dispose();
        }

        private TandemStorage Open() => TandemStorage.Open(new StorageOptions { DataDirectory = _folder.Path });
    }
}
