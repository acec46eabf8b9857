using System.Globalization;
using System.Net.Sockets;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Server.Certificates;
using Tandem.Server.Logging;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Server.Hosting;

/// <summary>The loops, sockets and certificates of SIP.</summary>
public sealed partial class ExchangeHost
{
    private CertificateSource OpenCertificates()
    {
        try
        {
            if (_options.Tls.CertificateFile is null
                && SelfSignedCertificate.Ensure(_options.Server, _options.Tls, SystemRoutes.Addresses(), _time.GetUtcNow()))
            {
                // The start page says it to people.
                _log.ForContext(LogSetup.FileOnly, true).Warning(
                    "A self-signed certificate was made in {Folder:l}: phones and browsers must be told to trust it, or TLS_CERT and TLS_KEY must name a better one",
                    Path.GetDirectoryName(CertificateFiles.SelfSignedCertificate(_options.Server.DataDirectory)));
            }

            var source = new CertificateSource(_options.Tls, _options.Server.DataDirectory, _log, _time);
            _undo.Push(source.DisposeAsync);
            source.Start();
            return source;
        }
        catch (CertificateException e)
        {
            throw new StartException(e.Message, e);
        }
    }

    private List<ShardLoop> MakeLoops(Exchange exchange, Clock clock)
    {
        var loops = new List<ShardLoop>();
        foreach (var shard in exchange.Shards)
        {
            var loop = new ShardLoop(shard, clock, _options.ShardLoop with { Name = string.Create(CultureInfo.InvariantCulture, $"sip-shard-{shard.Index}") })
            {
                Failed = e => _log.ForContext("component", LogComponents.Sip).Error(e, "A fault on a SIP shard"),
            };
            loops.Add(loop);
            Undo(loop.Dispose);
        }

        return loops;
    }

    // Names lead to what our own sockets can reach.
    private static void SetReach(SipLocator locator, SipTransport transport)
    {
        foreach (var kind in new[] { SipTransportKind.Udp, SipTransportKind.Tcp, SipTransportKind.Tls })
            locator.SetReach(kind, transport.TryGetLocal(kind, isV6: false, out _), transport.TryGetLocal(kind, isV6: true, out _));
    }

    private static void Tell(Exchange exchange, HostsTable table)
    {
        foreach (var shard in exchange.Shards)
            shard.Engine.Locator.Resolver.Hosts = table;
    }

    private async Task RevokeAsync(Exchange exchange, TenantId tenant, string number, bool isRemoved, Moment now)
    {
        try
        {
            exchange.EndSubscriptionsOf(tenant, number);
            if (isRemoved)
                exchange.Queues.LogOut(tenant, number, now);
            await exchange.Registrar.Remove(tenant, number, _time.GetUtcNow());
        }
        catch (Exception e)
        {
            _log.Error(e, "The registrations of a changed extension could not be dropped");
        }
    }

    private void StartSip(SipTransport transport, List<ShardLoop> loops)
    {
        foreach (var loop in loops)
            loop.Start();

        try
        {
            transport.Start();
        }
        catch (SocketException e)
        {
            // The transport does not say which of its sockets it was: trying tells.
            throw new StartException(StartupChecks.SipProblem(_options.Server, e.SocketErrorCode), e);
        }

        _undo.Push(transport.DisposeAsync);
    }
}
