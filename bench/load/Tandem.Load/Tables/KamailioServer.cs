using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Load.Tables;

/// <summary>Kamailio as registrar and stateful proxy, with its bindings in memory.</summary>
internal sealed class KamailioServer(TableOptions options, string algorithm) : Server("Kamailio", options)
{
    public static string? Version()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("kamailio", "-v") { RedirectStandardOutput = true })!;
            var line = process.StandardOutput.ReadLine();
            process.WaitForExit();
            return line?.Split(' ') is [_, _, var version, ..] ? $"Kamailio {version}" : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    protected override void Describe(ProcessStartInfo info)
    {
        var file = Path.Combine(Directory, "kamailio.cfg");
        File.WriteAllText(file, File.ReadAllText(Path.Combine(Options.BenchDirectory, "kamailio.cfg"))
            .Replace("PEER_PORT", $"{Options.SipPort}").Replace("PEER_ALGORITHM", algorithm));
        foreach (var argument in (string[])["kamailio", "-f", file, "-DD", "-E", "-m", "4096", "-M", "16", "-Y", Directory, "-w", Directory])
            info.ArgumentList.Add(argument);
    }

    protected override bool IsReady()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 300 };
        try
        {
            socket.Connect(IPAddress.Loopback, Options.SipPort);
            var local = socket.LocalEndPoint;
            socket.Send(Encoding.ASCII.GetBytes(
                $"OPTIONS sip:127.0.0.1:{Options.SipPort} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bKprobe\r\nFrom: <sip:probe@127.0.0.1>;tag=1\r\n"
                + "To: <sip:probe@127.0.0.1>\r\nCall-ID: probe\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"));
            return socket.Receive(new byte[4096]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
