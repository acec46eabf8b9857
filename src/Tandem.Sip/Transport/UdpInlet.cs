using Tandem.Sip.Engine;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Transport;

/// <summary>The socket that a shard reads by itself; used on the shard's thread only.</summary>
internal sealed class UdpInlet(UdpEndpoint endpoint, MessageIntake intake) : IShardInlet, IDisposable
{
    private const int MostErrors = 64;

    // What the system keeps for a small datagram is 768 bytes at least, and above 2,000 for one of 500 bytes.
    private const int BytesOfMessage = 1_024;

    private readonly DatagramBatch _batch = new();

    public int Descriptor => endpoint.Descriptor;

    /// <inheritdoc/>
    public int Waiting =>
        SocketMemory.TryRead(Descriptor, out var used, out var size) && used < size / 2 ? used / BytesOfMessage : int.MaxValue;

    public bool Receive(ShardLoop loop) => ReceiveBatch(loop);

    /// <summary>Takes one batch; <paramref name="loop"/> is null on a thread that is no shard's.</summary>
    public bool ReceiveBatch(ShardLoop? loop)
    {
        var count = _batch.Receive(Descriptor);
        if (count < 0 || endpoint.MayHaveErrors)
            TakeErrors();
        if (count <= 0)
            return count < 0;

        var now = intake.Clock.Now;
        for (var i = 0; i < count; i++)
        {
            if (!_batch.TryGetSource(i, out var source))
                continue;

            var data = _batch.Data(i);
            var flow = new SipFlow(SipTransportKind.Udp, endpoint.Local, source);
            if (StunBinding.Looks(data))
                intake.TakeStun(data, flow, now, endpoint);
            else
                intake.TakeDatagram(data, flow, now, loop);
        }

        return count == DatagramBatch.Capacity;
    }

    // As many as a flood can bring in one round; the rest is taken in the next.
    private void TakeErrors()
    {
        Span<byte> data = stackalloc byte[ErrorQueue.DataBytes];
        for (var i = 0; i < MostErrors; i++)
        {
            endpoint.MayHaveErrors = false;
            if (!ErrorQueue.TryTake(Descriptor, data, out var length, out var destination, out var isUnreachable))
                return;

            intake.TakeIcmpError(data[..length], new SipFlow(SipTransportKind.Udp, endpoint.Local, destination), isUnreachable);
        }

        endpoint.MayHaveErrors = true;
    }

    public void Dispose() => _batch.Dispose();
}
