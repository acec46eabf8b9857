using System.Net.Sockets;

namespace Tandem.Scenarios.Peers;

/// <summary>
/// A Kamailio as a SIP provider: registrar with digest, calls out with digest, and calls in to whoever registered. Every user has the same
/// password, which a MESSAGE from the test changes. A number that begins with +4930 leads to the user <c>ada</c>; other numbers lead to the
/// phone that plays the outside world.
/// </summary>
public sealed class KamailioProvider : IDisposable
{
    private readonly string _folder;
    private readonly string _file;
    private ChildProcess _process;

    private KamailioProvider(ScratchFolder scratch, int port, int worldPort, string password, bool hasQop)
    {
        var qop = hasQop ? 1 : 0;
        Port = port;
        _folder = scratch.Sub($"provider-{Port}");
        _file = Path.Combine(_folder, "kamailio.cfg");
        File.WriteAllText(_file, $$"""
            debug=1
            log_stderror=yes
            children=1
            tcp_children=1
            auto_aliases=no
            listen=udp:127.0.0.1:{{Port}}
            listen=tcp:127.0.0.1:{{Port}}
            loadmodule "tm.so"
            loadmodule "sl.so"
            loadmodule "rr.so"
            loadmodule "pv.so"
            loadmodule "maxfwd.so"
            loadmodule "textops.so"
            loadmodule "siputils.so"
            loadmodule "usrloc.so"
            loadmodule "registrar.so"
            loadmodule "auth.so"
            loadmodule "htable.so"
            modparam("registrar", "max_expires", 3600)
            modparam("registrar", "min_expires", 60)
            modparam("auth", "nonce_expire", 300)
            modparam("htable", "htable", "p=>size=4;")
            event_route[htable:mod-init] { $sht(p=>secret) = "{{password}}"; }
            request_route {
              if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
              if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
              if (is_method("MESSAGE")) { $sht(p=>secret) = $rb; sl_send_reply("200", "OK"); exit; }
              if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
              if (has_totag()) {
                if (loose_route()) { t_relay(); exit; }
                if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
                sl_send_reply("404", "Not here"); exit;
              }
              if (is_method("REGISTER")) {
                if (!pv_www_authenticate("$td", "$sht(p=>secret)", "0")) { www_challenge("$td", "{{qop}}"); exit; }
                save("location");
                exit;
              }
              if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
              record_route();
              if (src_port == {{worldPort}}) {
                # From the world to a customer.
                $ru = "sip:ada@127.0.0.1:{{Port}}";
                if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
                t_relay();
                exit;
              }
              if (!pv_proxy_authenticate("$fd", "$sht(p=>secret)", "0")) { proxy_challenge("$fd", "{{qop}}"); exit; }
              consume_credentials();
              $ru = "sip:world@127.0.0.1:{{worldPort}}";
              t_relay();
            }

            """);
        _process = Run();
    }

    public int Port { get; }

    public string Output => _process.Output;

    /// <summary>Starts the provider and waits until it listens.</summary>
    /// <param name="scratch">Where its files go.</param>
    /// <param name="worldPort">The port of the phone that plays the outside world.</param>
    /// <param name="password">The password of every user.</param>
    /// <param name="hasQop">Whether its challenges have qop=auth (RFC 7616); many providers know RFC 2069 only.</param>
    public static async Task<KamailioProvider> StartAsync(ScratchFolder scratch, int worldPort, string password, bool hasQop = false)
    {
        var provider = new KamailioProvider(scratch, FreePorts.Next(), worldPort, password, hasQop);
        await provider.ListensAsync();
        return provider;
    }

    /// <summary>Another password for every user, from now on.</summary>
    public async Task ChangePasswordAsync(string password)
    {
        using var socket = new UdpClient();
        socket.Connect("127.0.0.1", Port);
        var local = socket.Client.LocalEndPoint;
        var text = $"MESSAGE sip:admin@127.0.0.1:{Port} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK{Guid.NewGuid():N};rport\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:admin@127.0.0.1>;tag=1\r\nTo: <sip:admin@127.0.0.1>\r\nCall-ID: {Guid.NewGuid():N}\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"
            + $"Content-Length: {password.Length}\r\n\r\n{password}";
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(text));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var answer = System.Text.Encoding.ASCII.GetString((await socket.ReceiveAsync(patience.Token)).Buffer);
        Assert.StartsWith("SIP/2.0 200", answer, StringComparison.Ordinal);
    }

    /// <summary>Ends, and with it forgets who is registered.</summary>
    public void Stop()
    {
        // Its children end with it.
        _process.Terminate();
        _process.Process.WaitForExit(5000);
        _process.Dispose();
    }

    /// <summary>Starts again at the same port, with the first password.</summary>
    public async Task RestartAsync()
    {
        _process = Run();
        await ListensAsync();
    }

    public void Dispose() => Stop();

    private ChildProcess Run() => new("kamailio", ["-f", _file, "-DD", "-E", "-m", "64", "-M", "8", "-Y", _folder, "-w", _folder], _folder);

    private async Task ListensAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", Port);
                return;
            }
            catch (SocketException) when (attempt < 100 && !_process.Process.HasExited)
            {
                await Task.Delay(100);
            }
            catch (SocketException e)
            {
                throw new InvalidOperationException($"kamailio does not listen:\n{Output}", e);
            }
        }
    }
}
