using System.Diagnostics;
using Npgsql;
using Tandem.Testing.Network;

[assembly: AssemblyFixture(typeof(Tandem.Storage.Tests.Harness.PostgresServer))]

namespace Tandem.Storage.Tests.Harness;

/// <summary>A PostgreSQL server of our own for this run of the tests: in a scratch directory, on loopback, gone at the end.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Missing = "PostgreSQL is not installed: install the Debian package postgresql (apt-get install postgresql)";

    private readonly List<string> _output = [];
    private readonly HeldPort _port = new();
    private Process? _server;
    private string _directory = "";
    private int _schemas;

    /// <summary>A connection string of a schema that nothing else uses.</summary>
    public string NewSchema()
    {
        var schema = $"t{Interlocked.Increment(ref _schemas)}";
        using var connection = new NpgsqlConnection(ConnectionString());
        connection.Open();
        using var command = new NpgsqlCommand($"CREATE SCHEMA {schema}", connection);
        command.ExecuteNonQuery();
        return $"{ConnectionString()};Search Path={schema}";
    }

    /// <summary>Ends every connection whose schema this is, as a restart of the server would.</summary>
    public string ConnectionString() => $"Host=127.0.0.1;Port={_port.Number};Username=tandem;Database=postgres;Pooling=false";

    public async ValueTask InitializeAsync()
    {
        var binaries = FindBinaries() ?? throw new InvalidOperationException(Missing);
        _directory = Directory.CreateTempSubdirectory("tandem-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres", _directory);

        var data = Path.Combine(_directory, "data");
        await RunAsUserAsync(Path.Combine(binaries, "initdb"), "-D", data, "-A", "trust", "-U", "tandem", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        _server = Start(AsUser(Path.Combine(binaries, "postgres"), "-D", data, "-p", $"{_port.Number}", "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={_directory}", "-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "max_connections=200"));
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is { HasExited: false })
        {
            // SIGINT is PostgreSQL's fast shutdown.
            await RunAsync("kill", "-INT", $"{_server.Id}");
            await _server.WaitForExitAsync();
        }

        _server?.Dispose();
        _port.Dispose();
        if (_directory.Length > 0)
            Directory.Delete(_directory, recursive: true);
    }

    private static string? FindBinaries()
    {
        const string root = "/usr/lib/postgresql";
        var candidates = Directory.Exists(root)
            ? Directory.GetDirectories(root).OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0).Select(d => Path.Combine(d, "bin"))
            : [];
        return candidates.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "postgres")));
    }

    // PostgreSQL refuses to run as root.
    private static string[] AsUser(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments]
        : [program, .. arguments];

    private async Task RunAsUserAsync(string program, params string[] arguments) => await RunAsync(AsUser(program, arguments));

    private async Task RunAsync(params string[] command)
    {
        using var process = Start(command);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {Output()}");
    }

    private Process Start(params string[] command)
    {
        var info = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in command.Skip(1))
            info.ArgumentList.Add(argument);

        var process = Process.Start(info) ?? throw new InvalidOperationException($"{command[0]} does not start");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;

        lock (_output)
            _output.Add(line);
    }

    private string Output()
    {
        lock (_output)
            return string.Join('\n', _output.TakeLast(20));
    }

    private async Task WaitUntilReadyAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString());
                await connection.OpenAsync(deadline.Token);
                return;
            }
            catch (NpgsqlException) when (_server is { HasExited: false })
            {
                await Task.Delay(50, deadline.Token);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"PostgreSQL does not start: {Output()}", e);
            }
        }
    }
}
