namespace Tandem.Scenarios.Peers;

/// <summary>One running server whose limits of one source are small, for all scenarios of its connections: each comes from a loopback address of its own.</summary>
public sealed class TransportServer : IAsyncLifetime
{
    public const int ConnectionsOfOne = 12;
    public const int SilentOfOne = 6;
    public const int HandshakesOfOne = 3;
    public const int MessagesAtOnce = 100;
    public const int MessagesPerSecond = 50;

    /// <summary>The source that may send as much as it likes.</summary>
    public const string Talkative = "127.0.0.60";

    private readonly ScratchFolder _scratch = new();

    public TransportServer()
    {
        Folder = _scratch.Sub("tls");
        Trusted = new Authority(Folder, "trusted");
        Strange = new Authority(Folder, "strange");
    }

    public string Folder { get; }

    /// <summary>The authority of the providers.</summary>
    public Authority Trusted { get; }

    /// <summary>One that nobody knows.</summary>
    public Authority Strange { get; }

    public TandemServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TandemServer.StartAsync(_scratch, new Dictionary<string, string>
    {
        ["SIP_MAX_CONNECTIONS_PER_SOURCE"] = $"{ConnectionsOfOne}",
        ["SIP_MAX_HALF_OPEN_PER_SOURCE"] = $"{SilentOfOne}",

        // A machine that has other things to do needs some seconds for a handshake and a first message.
        ["SIP_HALF_OPEN_TIMEOUT"] = "10",
        ["SIP_SEND_QUEUE"] = "64k",
        ["SIP_SEND_TIMEOUT"] = "2",
        ["TLS_HANDSHAKE_TIMEOUT"] = "10",
        ["TLS_MAX_HANDSHAKES_PER_SOURCE"] = $"{HandshakesOfOne}",
        ["FLOOD_BURST"] = $"{MessagesAtOnce}",
        ["FLOOD_RATE"] = $"{MessagesPerSecond}",
        ["GUARD_EXEMPT"] = Talkative + "/32",
        ["BAN_FAILURES"] = "0",
        ["KEEPALIVE_INTERVAL"] = "1",
        ["EXT_MAX"] = "199",
    });

    /// <summary>A server of its own with another policy for client certificates.</summary>
    public Task<TandemServer> StartAsync(ScratchFolder scratch, string policy) =>
        TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["TLS_CLIENT_CERT"] = policy, ["TLS_CA"] = Trusted.RootFile });

    public ValueTask DisposeAsync()
    {
        Server?.Dispose();
        Trusted.Dispose();
        Strange.Dispose();
        _scratch.Dispose();
        return default;
    }
}
