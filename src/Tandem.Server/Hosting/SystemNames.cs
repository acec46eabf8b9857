using Tandem.Core.Net;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Server.Hosting;

/// <summary>
/// What the system says about names: the name servers of <c>/etc/resolv.conf</c>, unless the settings name others, and the addresses
/// in <c>/etc/hosts</c>. Both are read again when they change, so that a machine that moves to another network goes on.
/// </summary>
public sealed class SystemNames : IAsyncDisposable
{
    // A change of the network is not news of the second, and the look costs two calls of the system.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private const int MaxFileBytes = 4 << 20;

    private readonly DnsOptions _options;
    private readonly DnsSocket _socket;
    private readonly Action<HostsTable> _tell;
    private readonly string _resolvConf;
    private readonly string _hosts;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _watching;
    private DateTime _resolvConfTime;
    private DateTime _hostsTime;

    /// <param name="options">Which name servers are asked.</param>
    /// <param name="socket">Is told the name servers when they change.</param>
    /// <param name="tell">Is told the addresses that the machine itself knows, now and when they change.</param>
    /// <param name="time">For the looks.</param>
    /// <param name="resolvConf">The file with the name servers.</param>
    /// <param name="hosts">The file with the addresses.</param>
    public SystemNames(
        DnsOptions options, DnsSocket socket, Action<HostsTable> tell, TimeProvider time, string resolvConf = "/etc/resolv.conf", string hosts = "/etc/hosts")
    {
        _options = options;
        _socket = socket;
        _tell = tell;
        _resolvConf = resolvConf;
        _hosts = hosts;
        Look();
        _watching = WatchAsync(time);
    }

    /// <summary>The name servers in force: those of the settings, with the system's in the place of <c>system</c>.</summary>
    public static IReadOnlyList<NetAddress> Servers(DnsOptions options, string resolvConf)
    {
        var servers = new List<NetAddress>();
        foreach (var text in options.Servers)
        {
            if (text == "system")
                servers.AddRange(ResolvConf.Parse(Read(resolvConf)));
            else if (ResolvConf.TryParseServer(text, out var server))
                servers.Add(server);
        }

        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _watching;
        _stopped.Dispose();
    }

    /// <summary>Reads what has changed.</summary>
    internal void Look()
    {
        if (HasChanged(_resolvConf, ref _resolvConfTime))
            _socket.Servers = Servers(_options, _resolvConf);
        if (HasChanged(_hosts, ref _hostsTime))
            _tell(HostsTable.Parse(Read(_hosts)));
    }

    private async Task WatchAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token))
                Look();
        }
        catch (OperationCanceledException)
        {
            // The exchange was stopped.
        }
    }

    // The time of a file that is not there is a date as well: it appears as a change when the file does.
    private static bool HasChanged(string file, ref DateTime known)
    {
        var time = File.GetLastWriteTimeUtc(file);
        if (time == known)
            return false;

        known = time;
        return true;
    }

    private static string Read(string file)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: <= MaxFileBytes } ? File.ReadAllText(file) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without it the machine has no names of its own; what is asked for fails and is counted.
            return "";
        }
    }
}
