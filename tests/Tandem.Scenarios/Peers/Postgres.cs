using System.Diagnostics;
using System.Net.Sockets;

namespace Tandem.Scenarios.Peers;

/// <summary>A PostgreSQL server of its own in the folder of the scenario, which can be killed and started again.</summary>
public sealed class Postgres : IDisposable
{
    private readonly string _folder;
    private readonly string _binaries;
    private ChildProcess? _process;

    private Postgres(string folder, string binaries)
    {
        _folder = folder;
        _binaries = binaries;
        Port = FreePorts.Next();
    }

    public int Port { get; }

    /// <summary>The value of POSTGRES_URL.</summary>
    public string Url => $"postgresql://tandem@127.0.0.1:{Port}/postgres";

    public static async Task<Postgres> StartAsync(ScratchFolder scratch)
    {
        var binaries = Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Order().LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
            ?? throw new InvalidOperationException("PostgreSQL is not installed: install the Debian package postgresql (apt-get install postgresql)");
        var folder = scratch.Sub("postgres");
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root, and its user must get through to its folder.
            using var open = Process.Start("chmod", ["755", scratch.Path]);
            open.WaitForExit();
            using var own = Process.Start("chown", ["postgres", folder]);
            own.WaitForExit();
        }

        var server = new Postgres(folder, binaries);
        using (var init = server.Run("initdb", "-D", Path.Combine(folder, "data"), "-A", "trust", "-U", "tandem", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"))
            Assert.True(await init.ExitAsync(TimeSpan.FromSeconds(300)) == 0, init.Output);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it; after a kill it recovers first.</summary>
    public async Task StartAsync()
    {
        // Processes of the one that was killed may hold its memory for a moment: then this one ends at once, and the next may not.
        var until = DateTime.UtcNow.AddSeconds(120);
        while (true)
        {
            _process?.Dispose();
            _process = Run("postgres", "-D", Path.Combine(_folder, "data"), "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}",
                "-c", "fsync=off", "-c", "shared_buffers=32MB");
            while (!_process.Process.HasExited)
            {
                if (_process.Output.Contains("ready to accept connections", StringComparison.Ordinal) && await AnswersAsync())
                    return;

                Assert.True(DateTime.UtcNow < until, $"PostgreSQL does not start:\n{_process.Output}");
                await Task.Delay(50);
            }

            Assert.True(DateTime.UtcNow < until, $"PostgreSQL ended:\n{_process.Output}");
            await Task.Delay(200);
        }
    }

    /// <summary>SIGQUIT: all of its processes end at once, without a goodbye.</summary>
    public async Task KillAsync()
    {
        using var kill = Process.Start("kill", ["-QUIT", $"{_process!.Process.Id}"]);
        kill.WaitForExit();
        await _process.ExitAsync(TimeSpan.FromSeconds(60));
    }

    public void Dispose()
    {
        if (_process is { Process.HasExited: false })
        {
            _process.Interrupt();
            _process.Process.WaitForExit(60_000);
        }

        _process?.Dispose();
    }

    private ChildProcess Run(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.IsPrivilegedProcess
            ? new ChildProcess("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments], "/")
            : new ChildProcess(path, arguments, "/");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
