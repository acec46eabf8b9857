using System.Globalization;
using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Testing.Network;

/// <summary>A host that sends any bytes and keeps what comes back, to whichever port.</summary>
public sealed class RawSource : INetworkNode
{
    private readonly VirtualNetwork _network;

    public RawSource(VirtualNetwork network, NetAddress address)
    {
        _network = network;
        Address = address;
        network.Attach(address.WithPort(0), this);
    }

    public NetAddress Address { get; }

    /// <summary>What came, oldest first.</summary>
    public List<byte[]> Received { get; } = [];

    public long BytesReceived => Received.Sum(datagram => (long)datagram.Length);

    public Moment NextDeadline => Moment.Never;

    /// <summary>The status of each response that came; requests are not listed.</summary>
    public IReadOnlyList<int> Statuses => [.. Received.Select(StatusOf).Where(status => status > 0)];

    public void Send(byte[] datagram, NetAddress to) => _network.Send(Address, to, datagram);

    public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now) => Received.Add(datagram);

    public void Advance(Moment now)
    {
    }

    private static int StatusOf(byte[] datagram) =>
        datagram.AsSpan().StartsWith("SIP/2.0 "u8) ? int.Parse(Encoding.ASCII.GetString(datagram, 8, 3), CultureInfo.InvariantCulture) : 0;
}
