using System.Globalization;
using System.Net;
using Tandem.Calls.Registrar;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Server.Options;

/// <summary>Fills in what the rooms' records take from the settings of the installation (<see cref="OptionsCatalog.Composed"/>).</summary>
public static class OptionsComposer
{
    public static TandemOptions Compose(TandemOptions options)
    {
        var server = options.Server;
        if (options.Account.Server.Length > 0 && options.Calls.Domain.Length > 0)
            options = options with { Account = options.Account with { Domain = options.Calls.Domain }, Calls = options.Calls with { Domain = "" } };
        var first = int.Parse(server.ExtMin, CultureInfo.InvariantCulture);
        var last = int.Parse(server.ExtMax, CultureInfo.InvariantCulture);
        return options with
        {
            Media = options.Media with
            {
                RtpPort = server.RtpPort,
                RtpPortMax = server.LastRtpPort,
                BindV4 = Bind(server.RtpHost, isV6: false),
                BindV6 = Bind(server.RtpHost, isV6: true),
            },
            Calls = options.Calls with { FirstExtension = first, LastExtension = last },
            Registrar = options.Registrar with { Host = options.Calls.Domain.Length > 0 ? options.Calls.Domain : options.Registrar.Host },
            SipEngine = options.SipEngine with { Limits = options.SipLimits },
            SipTransport = options.SipTransport with { Limits = options.SipLimits, Ipv6PrefixBits = options.Guard.Ipv6PrefixBits, Listeners = Listeners(server) },
            Storage = options.Storage with { DataDirectory = server.DataDirectory, PostgresUrl = server.PostgresUrl?.Reveal() },
            Security = options.Security with { RequireCredentials = server.EnableAuth },
        };
    }

    // RFC 3261 §18.2.1: each address for UDP and for TCP. All addresses means both families; a machine without IPv6 goes on.
    private static SipListener[] Listeners(ServerOptions server)
    {
        var address = NetAddress.From(IPAddress.Parse(server.SipHost), server.SipPort);
        List<SipListener> listeners = [new(SipTransportKind.Udp, address), new(SipTransportKind.Tcp, address)];
        if (address.IsUnspecified && server.SipPort != 0)
        {
            var other = NetAddress.From(address.IsV6 ? IPAddress.Any : IPAddress.IPv6Any, server.SipPort);
            listeners.Add(new SipListener(SipTransportKind.Udp, other, Optional: true));
            listeners.Add(new SipListener(SipTransportKind.Tcp, other, Optional: true));
        }

        if (server.SipsPort >= 0)
        {
            listeners.Add(new SipListener(SipTransportKind.Tls, address.WithPort(server.SipsPort), Optional: true));
            if (address.IsUnspecified && server.SipsPort != 0)
                listeners.Add(new SipListener(SipTransportKind.Tls, NetAddress.From(address.IsV6 ? IPAddress.Any : IPAddress.IPv6Any, server.SipsPort), Optional: true));
        }

        return [.. listeners];
    }

    // Listening on all addresses means both families; listening on one means that one.
    private static NetAddress Bind(string host, bool isV6)
    {
        var address = NetAddress.From(IPAddress.Parse(host), 0);
        if (address.IsV6 == isV6 && !address.IsUnspecified)
            return address;

        return isV6 ? NetAddress.From(IPAddress.IPv6Any, 0) : NetAddress.From(IPAddress.Any, 0);
    }
}
