using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Testing.Network;

/// <summary>A stream connection on a <see cref="VirtualNetwork"/>: whole messages, in order, none lost while it is open.</summary>
public sealed class VirtualConnection
{
    private readonly VirtualNetwork _network;
    private readonly IStreamNode _client;
    private readonly IStreamNode _listener;
    private bool _clientClosed;
    private bool _listenerClosed;

    internal VirtualConnection(VirtualNetwork network, long id, NetAddress client, NetAddress listener, IStreamNode clientNode, IStreamNode listenerNode)
    {
        _network = network;
        Id = id;
        Client = client;
        Listener = listener;
        _client = clientNode;
        _listener = listenerNode;
    }

    public long Id { get; }

    /// <summary>Who opened it.</summary>
    public NetAddress Client { get; }

    /// <summary>Who accepted it.</summary>
    public NetAddress Listener { get; }

    internal Moment LastDue { get; set; }

    /// <summary>The far end as seen from <paramref name="end"/>.</summary>
    public NetAddress Other(NetAddress end) => end == Client ? Listener : Client;

    /// <summary>Sends one message from an end; on a closed connection it vanishes.</summary>
    public void Send(NetAddress from, ReadOnlySpan<byte> message)
    {
        if (!(from == Client ? _clientClosed : _listenerClosed))
            _network.SendStream(this, from == Client, message);
    }

    /// <summary>Closes it from one end: that end knows at once, the other when the news arrives.</summary>
    public void Close(NetAddress from)
    {
        var isClient = from == Client;
        if (isClient ? _clientClosed : _listenerClosed)
            return;

        _network.EndStream(this, isClient);
        EndAt(isClient, _network.Now);
    }

    /// <summary>Breaks it without a word: nothing arrives any more, and both ends hear of it now.</summary>
    public void Break()
    {
        EndAt(isClient: true, _network.Now);
        EndAt(isClient: false, _network.Now);
    }

    internal void Deliver(NetAddress to, byte[] message, bool isEnd, Moment now)
    {
        var isClient = to == Client;
        if (isClient ? _clientClosed : _listenerClosed)
            return;

        if (isEnd)
            EndAt(isClient, now);
        else
            (isClient ? _client : _listener).Receive(this, message, now);
    }

    private void EndAt(bool isClient, Moment now)
    {
        if (isClient ? _clientClosed : _listenerClosed)
            return;

        if (isClient)
            _clientClosed = true;
        else
            _listenerClosed = true;

        (isClient ? _client : _listener).Closed(this, now);
    }
}
