using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tandem.Testing.Network;

namespace Tandem.Cluster.Harness;

/// <summary>A real redis-server on loopback, with a password, that can be killed and started again.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    public const string Password = "p@ss/word:1";

    /// <summary>It comes back with what it had.</summary>
    public bool Remembers { get; init; }

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-redis-").FullName;
    private readonly HeldPort _port = new();
    private Process? _process;

    public int Port => _port.Number;

    public string Url => $"redis://:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/3";

    public static async Task<RedisServer> StartedAsync(bool remembers = false)
    {
        var server = new RedisServer { Remembers = remembers };
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        var info = new ProcessStartInfo("redis-server", [
            "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--appendonly", Remembers ? "yes" : "no", "--appendfsync", "always", "--requirepass", Password, "--daemonize", "no", "--logfile", ""])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(info) ?? throw new InvalidOperationException("redis-server is not installed: install the Debian package redis-server");
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until.TrueAsync(() =>
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"redis-server ended with {_process.ExitCode}");

            try
            {
                using var probe = new TcpClient();
                probe.Connect(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>It stands still, with its connections open.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _port.Dispose();
        Directory.Delete(_folder, recursive: true);
        return default;
    }
}

/// <summary>Waits for a condition.</summary>
internal static class Until
{
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(10, deadline.Token);
    }
}
