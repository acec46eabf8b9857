using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Core.Net;

namespace Tandem.Scenarios.Peers;

/// <summary>A real name server on loopback: Debian's dnsmasq with the records of its arguments, and no others.</summary>
public sealed class Dnsmasq : IDisposable
{
    private readonly ChildProcess _process;

    private Dnsmasq(ChildProcess process, NetAddress address)
    {
        _process = process;
        Address = address;
    }

    public NetAddress Address { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="folder">Its working directory.</param>
    /// <param name="records">Options like <c>srv-host=_sip._udp.a.test,one.a.test,5060,10,1</c>.</param>
    public static async Task<Dnsmasq> StartAsync(string folder, params string[] records)
    {
        var port = FreePorts.Next();
        var file = File.Exists("/usr/sbin/dnsmasq") ? "/usr/sbin/dnsmasq" : "dnsmasq";
        var process = new ChildProcess(
            file,
            [
                "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--no-resolv", "--no-hosts", "--no-daemon", "--bind-interfaces",
                "--listen-address=127.0.0.1", $"--port={port.ToString(CultureInfo.InvariantCulture)}", "--local=/test/", "--local-ttl=30",
                .. records.Select(r => "--" + r),
            ],
            folder);
        var server = new Dnsmasq(process, NetAddress.From(IPAddress.Loopback, port));
        for (var until = DateTime.UtcNow.AddSeconds(60); DateTime.UtcNow < until;)
        {
            if (process.Process.HasExited)
                break;
            if (await AnswersAsync(server.Address))
                return server;
        }

        server.Dispose();
        throw new InvalidOperationException("dnsmasq did not start:\n" + process.Output);
    }

    public void Dispose() => _process.Kill();

    // Any answer will do, also that there is nothing of that name.
    private static async Task<bool> AnswersAsync(NetAddress server)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try
        {
            await socket.ConnectAsync(server.ToIPEndPoint(), patience.Token);
            byte[] question = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, .. Encoding.ASCII.GetBytes("hello"), 4, .. Encoding.ASCII.GetBytes("test"), 0, 0, 1, 0, 1];
            await socket.SendAsync(question, patience.Token);
            return await socket.ReceiveAsync(new byte[512].AsMemory(), patience.Token) > 12;
        }
        catch (SocketException)
        {
            await Task.Delay(50, CancellationToken.None);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
