using Tandem.Cluster.Redis;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster.Harness;

/// <summary>A real server, and a client beside the nodes that asks what they left there.</summary>
public sealed class RedisRig : IAsyncDisposable
{
    private readonly RedisClient _client;

    private RedisRig(RedisServer server, ClusterOptions options)
    {
        (Server, Options) = (server, options);
        Address = RedisAddress.TryParse(server.Url, out var address) ? address : throw new InvalidOperationException(server.Url);
        _client = new RedisClient(Address, options, TimeProvider.System);
    }

    /// <summary>Comes back soon after a connection is lost.</summary>
    public static ClusterOptions Impatient { get; } = new() { RetryMinimum = TimeSpan.FromMilliseconds(20), RetryMaximum = TimeSpan.FromMilliseconds(100) };

    public RedisServer Server { get; }

    public RedisAddress Address { get; }

    public ClusterOptions Options { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RedisRig> StartedAsync(ClusterOptions options, bool remembers = false)
    {
        var rig = new RedisRig(await RedisServer.StartedAsync(remembers), options);
        rig._client.Start();
        await Until.TrueAsync(() => rig._client.IsConnected);
        return rig;
    }

    public ClusterNode Node(string name, TimeProvider? time = null) => new(Address, Options, name, time ?? TimeProvider.System);

    /// <summary>What the server answers, over a connection that is made anew, perhaps.</summary>
    public async Task<RespValue> AskAsync(params string[] command)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                return await _client.AskAsync(RedisCommand.Of(command), Cancellation);
            }
            catch (RedisException e) when (!IsRefusal(e))
            {
                // The connection was lost, and may be there again by now.
                await Task.Delay(10, deadline.Token);
            }
        }
    }

    private static bool IsRefusal(RedisException e) => e.Message.StartsWith("Redis refuses", StringComparison.Ordinal);

    /// <summary>The number that the server answers.</summary>
    public async Task<long> CountAsync(params string[] command) => (await AskAsync(command)).Integer;

    /// <summary>It answers 1.</summary>
    public async Task<bool> HasAsync(params string[] command) => await CountAsync(command) == 1;

    /// <summary>What comes a moment later: neither nothing nor 0.</summary>
    public async Task<RespValue> EventuallyAsync(params string[] command)
    {
        while (true)
        {
            if (await AskAsync(command) is { Kind: not RespKind.Null } value and not { Kind: RespKind.Integer, Integer: 0 })
                return value;
            await Task.Delay(10, Cancellation);
        }
    }

    /// <summary>So many nodes hear what the others tell.</summary>
    public Task ListeningAsync(int nodes) => Until.TrueAsync(async () => (await AskAsync("PUBSUB", "NUMSUB", "tandem:bindings")).Items[1].Integer == nodes);

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
