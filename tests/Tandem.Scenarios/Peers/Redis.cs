using System.Net.Sockets;

namespace Tandem.Scenarios.Peers;

/// <summary>A redis-server of the scenario, which can be killed and started again.</summary>
public sealed class Redis : IDisposable
{
    private readonly string _folder;
    private ChildProcess? _process;

    private Redis(ScratchFolder scratch)
    {
        _folder = scratch.Sub("redis");
        Port = FreePorts.Next();
    }

    public int Port { get; }

    /// <summary>The value of REDIS_URL.</summary>
    public string Url => $"redis://127.0.0.1:{Port}";

    public static async Task<Redis> StartAsync(ScratchFolder scratch)
    {
        var redis = new Redis(scratch);
        await redis.StartAsync();
        return redis;
    }

    public async Task StartAsync()
    {
        _process = new ChildProcess("redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", "no"], _folder);
        var until = DateTime.UtcNow.AddSeconds(60);
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", Port);
                return;
            }
            catch (SocketException)
            {
                Assert.True(DateTime.UtcNow < until && !_process.Process.HasExited, $"redis-server does not start:\n{_process.Output}");
                await Task.Delay(20);
            }
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill() => _process!.Kill();

    public void Dispose() => _process?.Dispose();
}
