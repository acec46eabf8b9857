using System.Globalization;
using Tandem.Cluster.Harness;
using Tandem.Cluster.Resp;
using Tandem.Testing.Network;

namespace Tandem.Cluster.Redis;

/// <summary>The client with a real server.</summary>
public sealed class RedisClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_commands_at_once_have_their_own_answers()
    {
        await using var server = await RedisServer.StartedAsync();
        await using var client = await ConnectedAsync(server.Url);
        Assert.Equal("OK", (await client.AskAsync(RedisCommand.Of("SET", "a", "b\r\nc"), Cancellation)).Text);
        Assert.Equal("b\r\nc", (await client.AskAsync(RedisCommand.Of("GET", "a"), Cancellation)).Text);
        Assert.Equal(RespKind.Null, (await client.AskAsync(RedisCommand.Of("GET", "nothing"), Cancellation)).Kind);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => client.AskAsync(RedisCommand.Of("ECHO", i.ToString(CultureInfo.InvariantCulture)), Cancellation)));
        Assert.Equal(Enumerable.Range(0, 10_000), answers.Select(answer => int.Parse(answer.Text, CultureInfo.InvariantCulture)));
        Assert.Equal((0, 0L), (client.Statistics().Queue, client.Statistics().Dropped));
    }

    [Fact]
    public async Task A_refused_command_says_why_and_no_argument()
    {
        await using var server = await RedisServer.StartedAsync();
        await using var client = await ConnectedAsync(server.Url);
        var e = await Assert.ThrowsAsync<RedisException>(() => client.AskAsync(RedisCommand.Of("INCRBY", "secret-key", "x"), Cancellation));
        Assert.StartsWith("Redis refuses INCRBY: ERR ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_killed_costs_what_was_asked_then_and_the_client_comes_back()
    {
        await using var server = await RedisServer.StartedAsync();
        await using var client = await ConnectedAsync(server.Url);
        var lost = 0;
        client.Lost = _ => Interlocked.Increment(ref lost);
        server.Kill();
        await Until.TrueAsync(() => !client.IsConnected);
        await Assert.ThrowsAsync<RedisException>(() => client.AskAsync(RedisCommand.Of("PING"), Cancellation));
        Assert.False(client.Post(RedisCommand.Of("PING")));
        Assert.Equal(2, client.Statistics().Dropped);

        await server.StartAsync();
        await Until.TrueAsync(() => client.IsConnected);
        Assert.Equal("PONG", (await client.AskAsync(RedisCommand.Of("PING"), Cancellation)).Text);
        Assert.Equal((1, 2L), (lost, client.Statistics().Connections));
    }

    [Theory]
    [InlineData("redis://:wrong@127.0.0.1:{0}", "refuses the sign-in")]
    [InlineData("redis://127.0.0.1:{0}", "NOAUTH")]
    public async Task A_wrong_password_is_said_and_not_shown(string url, string expected)
    {
        await using var server = await RedisServer.StartedAsync();
        var why = new TaskCompletionSource<string>();
        await using var client = new RedisClient(Address(string.Format(CultureInfo.InvariantCulture, url, server.Port)), RedisRig.Impatient, TimeProvider.System) { Lost = text => why.TrySetResult(text) };
        client.Start();
        var text = await why.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.False(client.IsConnected);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_tried_again_and_again_and_a_stop_does_not_wait()
    {
        using var port = new HeldPort();
        var client = new RedisClient(Address($"redis://127.0.0.1:{port.Number}"), RedisRig.Impatient, TimeProvider.System);
        client.Start();
        await Until.TrueAsync(() => client.Statistics().LastFailure.Length > 0);
        await client.DisposeAsync();
        Assert.Equal(0, client.Statistics().Connections);
    }

    // What ends a connection at the moment of a stop is nobody's failure any more.
    [Fact]
    public async Task A_connection_that_fails_while_the_client_stops_does_not_spoil_the_stop()
    {
        await using var server = await RedisServer.StartedAsync();
        var stopped = new TaskCompletionSource<Task>();
        var client = new RedisClient(Address(server.Url), RedisRig.Impatient, TimeProvider.System);
        client.Connected = () =>
        {
            stopped.SetResult(client.DisposeAsync().AsTask());
            throw new RedisException("Redis closed the connection");
        };
        client.Start();
        await (await stopped.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal(("", 1L), (client.Statistics().LastFailure, client.Statistics().Connections));
    }

    private static RedisAddress Address(string url) => RedisAddress.TryParse(url, out var address) ? address : throw new ArgumentException(url);

    private static async Task<RedisClient> ConnectedAsync(string url)
    {
        var client = new RedisClient(Address(url), RedisRig.Impatient, TimeProvider.System);
        client.Start();
        await Until.TrueAsync(() => client.IsConnected);
        return client;
    }
}
