using System.Net.Sockets;

namespace Tandem.Sip.Transport;

/// <summary>The UDP sockets of one address: one for each shard, or one with a receiver thread.</summary>
internal sealed class UdpListener : IDisposable
{
    private readonly ShardLoop[] _shards;
    private readonly UdpEndpoint[] _endpoints;
    private readonly UdpInlet[] _inlets;
    private readonly UdpReceiver? _receiver;

    /// <summary>Binds; throws <see cref="SocketException"/> when that fails.</summary>
    public UdpListener(SipListener listener, SipTransportOptions options, ShardLoop[] shards, MessageIntake intake)
    {
        _shards = shards;
        var isShared = options.UdpReceiveMode == UdpReceiveMode.SocketPerShard && shards.Length > 0 && Array.TrueForAll(shards, s => s.CanRead);
        var address = listener.Address;
        if (!isShared)
        {
            _endpoints = [UdpEndpoint.Bind(address, options.UdpBufferBytes, sharePort: false)];
            _inlets = [];
            _receiver = new UdpReceiver(_endpoints[0], intake);
            return;
        }

        // A shared port can also be bound by another process of the same user, which would then silently take half of
        // the traffic. A socket that does not share finds out whether somebody is there.
        using (var probe = UdpEndpoint.Bind(address, options.UdpBufferBytes, sharePort: false))
            address = probe.Local;

        _endpoints = new UdpEndpoint[shards.Length];
        _inlets = new UdpInlet[shards.Length];
        try
        {
            for (var i = 0; i < shards.Length; i++)
            {
                _endpoints[i] = UdpEndpoint.Bind(address, options.UdpBufferBytes, sharePort: true);
                _inlets[i] = new UdpInlet(_endpoints[i], intake);
            }
        }
        catch
        {
            foreach (var endpoint in _endpoints)
                endpoint?.Dispose();

            throw;
        }
    }

    /// <summary>The socket from which a shard sends.</summary>
    public UdpEndpoint ForShard(int shard) => _endpoints.Length == 1 ? _endpoints[0] : _endpoints[shard];

    /// <summary>Starts to receive.</summary>
    public void Start()
    {
        _receiver?.Start();
        for (var i = 0; i < _inlets.Length; i++)
            _shards[i].Attach(_inlets[i]);
    }

    /// <summary>Stops receiving and closes the sockets.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _inlets.Length; i++)
        {
            _shards[i].Detach(_inlets[i]);
            _inlets[i].Dispose();
        }

        _receiver?.Dispose();
        foreach (var endpoint in _endpoints)
            endpoint.Dispose();
    }
}
