using Tandem.Sip.Engine;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Transport;

/// <summary>The socket that a shard reads by itself; used on the shard's thread only.</summary>
internal sealed class UdpInlet(UdpEndpoint endpoint, MessageIntake intake) : IShardInlet, IDisposable
{
    private readonly DatagramBatch _batch = new();

    public int Descriptor => endpoint.Descriptor;

    public bool Receive(ShardLoop loop) => ReceiveBatch(loop);

    /// <summary>Takes one batch; <paramref name="loop"/> is null on a thread that is no shard's.</summary>
    public bool ReceiveBatch(ShardLoop? loop)
    {
        var count = _batch.Receive(Descriptor);
        if (count == 0)
            return false;

        var now = intake.Clock.Now;
        for (var i = 0; i < count; i++)
        {
            if (_batch.TryGetSource(i, out var source))
                intake.TakeDatagram(_batch.Data(i), new SipFlow(SipTransportKind.Udp, endpoint.Local, source), now, loop);
        }

        return count == DatagramBatch.Capacity;
    }

    public void Dispose() => _batch.Dispose();
}
