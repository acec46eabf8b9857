using System.Net.Sockets;

namespace Tandem.Scenarios.Peers;

/// <summary>
/// A Kamailio as a SIP provider: registrar with digest, calls out with digest, and calls in to whoever registered. Every user has the same
/// password, which a MESSAGE from the test changes. A number that begins with +4930 leads to the user <c>ada</c>; other numbers lead to the
/// phone that plays the outside world.
/// </summary>
public sealed class KamailioProvider : IDisposable
{
    private readonly KamailioProcess _process;

    private KamailioProvider(ScratchFolder scratch, int port, int worldPort, string password, bool hasQop, int longest)
    {
        var qop = hasQop ? 1 : 0;
        Port = port;
        _process = new KamailioProcess(scratch.Sub($"provider-{Port}"), Port, $$"""
            loadmodule "usrloc.so"
            loadmodule "registrar.so"
            loadmodule "auth.so"
            loadmodule "htable.so"
            modparam("registrar", "max_expires", {{longest}})
            modparam("registrar", "min_expires", {{Math.Min(60, longest)}})
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
    }

    public int Port { get; }

    public string Output => _process.Output;

    /// <summary>Starts the provider and waits until it listens.</summary>
    /// <param name="scratch">Where its files go.</param>
    /// <param name="worldPort">The port of the phone that plays the outside world.</param>
    /// <param name="password">The password of every user.</param>
    /// <param name="hasQop">Whether its challenges have qop=auth (RFC 7616); many providers know RFC 2069 only.</param>
    /// <param name="longest">The longest lifetime of a registration that it grants, seconds.</param>
    public static async Task<KamailioProvider> StartAsync(ScratchFolder scratch, int worldPort, string password, bool hasQop = false, int longest = 3600)
    {
        var provider = new KamailioProvider(scratch, FreePorts.Next(), worldPort, password, hasQop, longest);
        await provider._process.ListensAsync();
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
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = System.Text.Encoding.ASCII.GetString((await socket.ReceiveAsync(patience.Token)).Buffer);
        Assert.StartsWith("SIP/2.0 200", answer, StringComparison.Ordinal);
    }

    /// <summary>Ends, and with it forgets who is registered.</summary>
    public void Stop() => _process.Stop();

    /// <summary>Starts again at the same port, with the first password.</summary>
    public Task RestartAsync() => _process.RestartAsync();

    public void Dispose() => _process.Dispose();
}
