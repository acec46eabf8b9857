using System.Net;
using System.Net.Sockets;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

// What a shard sends: a datagram at once, on the shard's thread, everything else through the queue of a connection.
public sealed partial class SipTransport
{
    private const int MaxDatagramBytes = 65_507;

    private void Send(int shard, in SipPacket packet)
    {
        switch (packet.Target.Transport)
        {
            case SipTransportKind.Udp:
                SendDatagram(shard, packet);
                break;
            default:
                SendOnConnection(shard, packet);
                break;
        }
    }

    private void SendDatagram(int shard, in SipPacket packet)
    {
        var endpoint = EndpointFor(shard, packet.Target);
        if (endpoint is null || packet.Data.Length > MaxDatagramBytes || packet.Target.Remote.Port == 0)
        {
            Fail(shard, packet);
            return;
        }

        switch (endpoint.Send(packet.Data.Span, packet.Target.Remote))
        {
            case UdpEndpoint.SendResult.Sent:
                SipTransportCounters.Add(ref Counters.DatagramsOutField);
                SipTransportCounters.Add(ref Counters.DatagramBytesOutField, packet.Data.Length);
                packet.Data.Release();
                break;
            case UdpEndpoint.SendResult.NoRoom:
                SipTransportCounters.Add(ref Counters.DatagramsNotSentField);
                packet.Data.Release();
                break;
            default:
                Fail(shard, packet);
                break;
        }
    }

    private UdpEndpoint? EndpointFor(int shard, in SipFlow target)
    {
        UdpEndpoint? sameFamily = null;
        foreach (var listener in _udp)
        {
            var endpoint = listener.ForShard(shard);
            if (endpoint.Local == target.Local)
                return endpoint;
            if (sameFamily is null && endpoint.Local.IsV6 == target.Remote.IsV6)
                sameFamily = endpoint;
        }

        return sameFamily;
    }

    private void SendOnConnection(int shard, in SipPacket packet)
    {
        var target = packet.Target;
        var canOpen = target.Remote.Port != 0
            && (target.Transport == SipTransportKind.Tcp || (target.Transport == SipTransportKind.Tls && _streams.Tls.Has(target.Identity)));
        var connection = target.Connection != 0 ? _connections.Find(target.Connection) : canOpen ? FindOrOpen(target, packet.ServerName) : null;
        if (connection is null || !connection.TrySend(new OutgoingBytes(packet.Data, shard, target, packet.Tag)))
            Fail(shard, packet);
    }

    private SipConnection? FindOrOpen(SipFlow target, string? domain)
    {
        // An address as domain means the address itself.
        var serverName = target.Transport == SipTransportKind.Tls && domain is not null && !IPAddress.TryParse(domain.AsSpan().Trim("[]"), out _)
            ? domain.ToLowerInvariant() : "";
        try
        {
            var connection = _connections.FindOrAdd(
                target.Transport, target.Remote, serverName, target.Identity, () => StreamConnection.ToOpen(_streams, target.Transport, target.Remote, serverName, target.Identity), out var isNew);
            if (connection is null)
                SipTransportCounters.Add(ref Counters.RefusedTotalLimitField);
            if (isNew)
                connection!.Run();

            return connection;
        }
        catch (SocketException)
        {
            // No descriptor is left for a socket.
            SipTransportCounters.Add(ref Counters.OpenFailuresField);
            return null;
        }
    }

    private void Fail(int shard, in SipPacket packet)
    {
        packet.Data.Release();
        _intake.ReportFailure(shard, packet.Target, packet.Tag);
    }
}
