using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage.Audit;

namespace Tandem.Server.Streams;

/// <summary>The sound of a call over WebSocket: frames as they come, what was lost, the end, and who may hear.</summary>
public sealed class SoundStreamTests : IDisposable
{
    private static readonly CallSnapshot Call = FakeExchange.Call(1, CallState.Established);

    private readonly byte[] _buffer = new byte[4096];

    // What does not come fails a test and does not hold up the others.
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(120));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _patience.Dispose();

    [Fact]
    public async Task Frames_come_in_order_what_is_lost_is_told_and_the_end_closes()
    {
        await using var server = await ApiServer.StartAsync();
        var fork = Fork(server);
        using var client = await OpenAsync(server);
        for (short i = 1; i <= 3; i++)
            fork.Add(i);
        for (short i = 1; i <= 3; i++)
            Assert.Equal((i, (short)-i), await FrameAsync(client));
        fork.Lose(7);
        Assert.Equal("""{"type":"audio.gap","milliseconds":140}""", await TextAsync(client));
        fork.Add(4);
        fork.End();
        Assert.Equal((4, -4), await FrameAsync(client));
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.NormalClosure), ((await client.ReceiveAsync(_buffer, _patience.Token)).MessageType, client.CloseStatus));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", Cancellation);
        Assert.True(await UntilAsync(() => fork.IsStopped));
        await server.Storage.Writer.FlushAsync(Cancellation);
        Assert.Contains(await AuditAsync(server), entry => entry == $"call.audio {Call.Id}");
    }

    [Fact]
    public async Task A_client_that_goes_takes_its_fork_along()
    {
        await using var server = await ApiServer.StartAsync();
        var fork = Fork(server);
        using (await OpenAsync(server))
            Assert.False(fork.IsStopped);
        Assert.True(await UntilAsync(() => fork.IsStopped));
    }

    // A token that is taken back ends the hearing.
    [Fact]
    public async Task Who_loses_the_right_is_cut_off()
    {
        await using var server = await ApiServer.StartAsync(o => ApiServer.Production(o) with { Sounds = o.Sounds with { CheckInterval = TimeSpan.FromSeconds(3) } });
        var fork = Fork(server);
        var (token, text) = await server.Storage.Tokens.CreateAsync(TenantId.Default, "listener", cancellation: Cancellation);
        using var client = await OpenAsync(server, o => o.SetRequestHeader("Authorization", "Bearer " + text.Reveal()));
        fork.Add(1);
        Assert.Equal((1, -1), await FrameAsync(client));

        // Who does not receive answers no ping, and is cut off for that.
        var last = client.ReceiveAsync(_buffer, _patience.Token);
        Assert.True(await server.Storage.Tokens.RevokeAsync(TenantId.Default, token.Id, Cancellation));
        Assert.Equal((WebSocketMessageType.Close, (int)StreamFollower.NotAllowed), ((await last).MessageType, (int)client.CloseStatus!));
    }

    [Fact]
    public async Task Who_may_not_hear_and_what_cannot_be_heard_is_refused()
    {
        await using var server = await ApiServer.StartAsync(o => ApiServer.Production(o) with { Sounds = o.Sounds with { MaxClients = 1 } });
        var all = (await server.Storage.Tokens.CreateAsync(TenantId.Default, "all", cancellation: Cancellation)).Text.Reveal();
        var (_, narrow) = await server.Storage.Tokens.CreateAsync(
            TenantId.Default, "narrow", grant: new Storage.Administration.TokenGrant(PermissionSet.Of(Permission.CallsRead), Role.Operator, TenantId.Default, "", ""), cancellation: Cancellation);
        Assert.Equal(401, await RefusalAsync(server, ""));
        Assert.Equal(403, await RefusalAsync(server, narrow.Reveal()));
        Assert.Equal(404, await RefusalAsync(server, all));
        server.Exchange.Active.Add(Call);
        Assert.Equal(404, await RefusalAsync(server, all));
        await FreeAsync();
        server.Exchange.Forked = new ForkReply(null);
        Assert.Equal(409, await RefusalAsync(server, all));
        await FreeAsync();
        Assert.Equal(426, (await server.GetAsync($"/api/v1/calls/{Call.Id}/audio", ("Authorization", "Bearer " + all))).Status);
        server.Exchange.Active.Clear();
        var fork = Fork(server);
        using var client = await OpenAsync(server, o => o.SetRequestHeader("Authorization", "Bearer " + all));
        Assert.Equal(503, await RefusalAsync(server, all));
        Assert.False(fork.IsStopped);

        // The one place is free again a moment after the refusal is read.
        async Task FreeAsync() => Assert.True(await UntilAsync(() => server.Part<SoundStreams>().Clients == 0));
    }

    // Refused is told before anything is opened; over, where the call is gone by then.
    [Theory]
    [InlineData(true, 503)]
    [InlineData(false, 404)]
    public async Task One_more_than_may_hear_a_call_is_refused_and_its_place_is_free_again(bool isThere, int status)
    {
        await using var server = await ApiServer.StartAsync(o => ApiServer.Production(o) with { Sounds = o.Sounds with { MaxClients = 1 } });
        var all = (await server.Storage.Tokens.CreateAsync(TenantId.Default, "all", cancellation: Cancellation)).Text.Reveal();
        var begun = new TaskCompletionSource<bool>();
        var refused = new FakeFork { Begun = begun.Task };
        server.Exchange.Active.Add(Call);
        server.Exchange.Forked = new ForkReply(refused);
        var answer = RefusalAsync(server, all);
        Assert.True(await UntilAsync(() => server.Part<SoundStreams>().Clients == 1));
        if (!isThere)
            server.Exchange.Active.Clear();
        begun.SetResult(false);
        Assert.Equal(status, await answer);
        Assert.True(await UntilAsync(() => refused.IsStopped && server.Part<SoundStreams>().Clients == 0));

        server.Exchange.Active.Clear();
        var fork = Fork(server);
        using var client = await OpenAsync(server, o => o.SetRequestHeader("Authorization", "Bearer " + all));
        Assert.False(fork.IsStopped);
    }

    private static FakeFork Fork(ApiServer server)
    {
        var fork = new FakeFork();
        server.Exchange.Active.Add(Call);
        server.Exchange.Forked = new ForkReply(fork);
        return fork;
    }

    private static Uri Uri(ApiServer server) => new UriBuilder(server.Client.BaseAddress!) { Scheme = "ws", Path = $"/api/v1/calls/{Call.Id}/audio" }.Uri;

    private async Task<ClientWebSocket> OpenAsync(ApiServer server, Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        options?.Invoke(socket.Options);
        await socket.ConnectAsync(Uri(server), Cancellation);
        Assert.Equal("""{"type":"audio.open","rate":16000,"channels":2,"format":"s16le","frame":20}""", await TextAsync(socket));
        return socket;
    }

    private static async Task<int> RefusalAsync(ApiServer server, string token)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (token.Length > 0)
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Uri(server), Cancellation));
        return (int)socket.HttpStatusCode;
    }

    private async Task<string> TextAsync(ClientWebSocket client)
    {
        var received = await client.ReceiveAsync(_buffer, _patience.Token);
        Assert.Equal((WebSocketMessageType.Text, true), (received.MessageType, received.EndOfMessage));
        return Encoding.UTF8.GetString(_buffer, 0, received.Count);
    }

    private async Task<(short Left, short Right)> FrameAsync(ClientWebSocket client)
    {
        var received = await client.ReceiveAsync(_buffer, _patience.Token);
        Assert.Equal((WebSocketMessageType.Binary, 1_280, true), (received.MessageType, received.Count, received.EndOfMessage));
        return (BinaryPrimitives.ReadInt16LittleEndian(_buffer.AsSpan(1_276)), BinaryPrimitives.ReadInt16LittleEndian(_buffer.AsSpan(1_278)));
    }

    private static async Task<bool> UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1_200 && !condition(); i++)
            await Task.Delay(50, Cancellation);
        return condition();
    }

    private static async Task<IEnumerable<string>> AuditAsync(ApiServer server) =>
        (await server.Storage.Audit.ListAsync(TenantId.Default, new AuditFilter(null, null, null, null, null, null, 100), Cancellation)).Select(entry => $"{entry.Action} {entry.Target}");

    /// <summary>A call whose frames the test gives: the left channel has the number, the right one its opposite.</summary>
    private sealed class FakeFork : ISoundFork
    {
        private readonly Lock _lock = new();
        private readonly Queue<short> _frames = new();
        private long _lost;
        private volatile bool _isOver;
        private volatile bool _isStopped;

        public bool IsStopped => _isStopped;

        public Task<bool> Begun { get; init; } = Task.FromResult(true);

        public long Lost => Interlocked.Read(ref _lost);

        public bool IsOver => _isOver;

        public void Add(short number)
        {
            lock (_lock)
                _frames.Enqueue(number);
        }

        public void Lose(int frames) => Interlocked.Add(ref _lost, frames);

        public void End() => _isOver = true;

        public bool TryTake(Span<short> frame)
        {
            lock (_lock)
            {
                if (!_frames.TryDequeue(out var number))
                    return false;

                Assert.Equal(ISoundFork.FrameLength, frame.Length);
                for (var i = 0; i < frame.Length; i += 2)
                    (frame[i], frame[i + 1]) = (number, (short)-number);
                return true;
            }
        }

        public void Stop() => _isStopped = true;
    }
}
