namespace Tandem.Scenarios.Peers;

/// <summary>
/// A Kamailio as edge proxy in front of the exchange: phones talk to it, it adds Path and Record-Route and passes everything on. It
/// keeps no registrations and knows no secrets.
/// </summary>
public sealed class Kamailio : IDisposable
{
    private readonly KamailioProcess _process;

    private Kamailio(ScratchFolder scratch, TandemServer server)
    {
        Port = FreePorts.Next();
        var folder = scratch.Sub($"kamailio-{Port}");
        _process = new KamailioProcess(folder, Port, $$"""
            loadmodule "path.so"
            modparam("path", "use_received", 1)
            modparam("rr", "enable_double_rr", 1)
            request_route {
              if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
              if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
              if (has_totag()) {
                if (loose_route()) { t_relay(); exit; }
                if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
                sl_send_reply("404", "Not here"); exit;
              }
              # A call to a phone: its Path brings it here, and `received` sets where it goes.
              loose_route();
              if ($du != $null) { record_route(); t_relay(); exit; }
              if (src_ip == 127.0.0.1 && src_port == {{server.SipPort}}) { sl_send_reply("404", "No route"); exit; }
              if (is_method("REGISTER")) add_path_received(); else record_route();
              $du = "sip:127.0.0.1:{{server.SipPort}}";
              t_relay();
            }

            """);
    }

    public int Port { get; }

    public string Output => _process.Output;

    /// <summary>Starts the proxy and waits until it listens.</summary>
    public static async Task<Kamailio> StartAsync(ScratchFolder scratch, TandemServer server)
    {
        var kamailio = new Kamailio(scratch, server);
        await kamailio._process.ListensAsync();
        return kamailio;
    }

    public void Dispose() => _process.Dispose();
}
