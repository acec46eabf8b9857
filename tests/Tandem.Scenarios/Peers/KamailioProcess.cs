using System.Net.Sockets;

namespace Tandem.Scenarios.Peers;

/// <summary>A Kamailio that runs a configuration, and can be stopped and started again.</summary>
internal sealed class KamailioProcess : IDisposable
{
    /// <summary>The lines that every configuration here begins with.</summary>
    public static string Head(int port) => $"""
        debug=1
        log_stderror=yes
        children=1
        tcp_children=1
        auto_aliases=no
        listen=udp:127.0.0.1:{port}
        listen=tcp:127.0.0.1:{port}
        loadmodule "tm.so"
        loadmodule "sl.so"
        loadmodule "rr.so"
        loadmodule "pv.so"
        loadmodule "maxfwd.so"
        loadmodule "textops.so"
        loadmodule "siputils.so"

        """;

    private readonly string _folder;
    private readonly string _file;
    private readonly int _port;
    private ChildProcess _process;
    private bool _isStopped;

    /// <param name="folder">Where its files go.</param>
    /// <param name="port">The port that it listens on.</param>
    /// <param name="configuration">What comes behind <see cref="Head"/>.</param>
    public KamailioProcess(string folder, int port, string configuration)
    {
        _folder = folder;
        _port = port;
        _file = Path.Combine(folder, "kamailio.cfg");
        File.WriteAllText(_file, Head(port) + configuration);
        _process = Run();
    }

    public string Output => _process.Output;

    /// <summary>Waits until it listens.</summary>
    public async Task ListensAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", _port);
                return;
            }
            catch (SocketException) when (attempt < 1_000 && !_process.Process.HasExited)
            {
                await Task.Delay(100);
            }
            catch (SocketException e)
            {
                throw new InvalidOperationException($"kamailio does not listen:\n{Output}", e);
            }
        }
    }

    /// <summary>Ends, and with it forgets what it knew. Its children end with it.</summary>
    public void Stop()
    {
        if (_isStopped)
            return;

        _isStopped = true;
        _process.Terminate();
        _process.Process.WaitForExit(60_000);
        _process.Dispose();
    }

    /// <summary>Starts again at the same port.</summary>
    public Task RestartAsync()
    {
        _process = Run();
        _isStopped = false;
        return ListensAsync();
    }

    public void Dispose() => Stop();

    private ChildProcess Run() => new("kamailio", ["-f", _file, "-DD", "-E", "-m", "64", "-M", "8", "-Y", _folder, "-w", _folder], _folder);
}
