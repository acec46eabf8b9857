using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Writing;

namespace Tandem.TransportBench;

/// <summary>Answers each request with 200 and keeps no state: what is left is the cost of the transport, the parser and the writer.</summary>
internal sealed class EchoShard : ISipShard
{
    private readonly Queue<SipPacket> _packets = new();

    public TurnQueue Turns { get; } = new();

    public Moment NextDeadline => Moment.Never;

    public void Receive(in SipInput input, Moment now)
    {
        if (input.Message is not { } request)
            return;

        _packets.Enqueue(new SipPacket(input.Flow, SipResponses.To(request, 200, toTag: "bench"u8).Finish(), 0));
        request.Release();
    }

    public void Advance(Moment now)
    {
    }

    public bool TryTakePacket(out SipPacket packet) => _packets.TryDequeue(out packet);
}
