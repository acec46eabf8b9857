using System.Collections.Concurrent;
using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Tests.Transport;

/// <summary>A shard that records what it receives and, when told to, answers every request with 200 on its flow.</summary>
internal sealed class TestShard : ISipShard
{
    private readonly Queue<SipPacket> _packets = new();

    public BlockingCollection<SipInput> Inputs { get; } = [];

    public bool Answers { get; set; }

    /// <summary>Called on the loop before an input is recorded.</summary>
    public Action<SipInput>? Received { get; set; }

    public Action<Moment>? Advanced { get; set; }

    public TurnQueue Turns { get; } = new();

    public Moment NextDeadline { get; set; } = Moment.Never;

    public void Receive(in SipInput input, Moment now)
    {
        Received?.Invoke(input);
        if (Answers && input.Message is { IsRequest: true } request)
            _packets.Enqueue(new SipPacket(input.Flow, SipResponses.To(request, 200, toTag: "t"u8).Finish(), 7));

        Inputs.Add(input);
    }

    public void Advance(Moment now)
    {
        NextDeadline = Moment.Never;
        Advanced?.Invoke(now);
    }

    public bool TryTakePacket(out SipPacket packet) => _packets.TryDequeue(out packet);

    /// <summary>Queues a packet; call it on the loop, for example in a turn.</summary>
    public void Send(in SipPacket packet) => _packets.Enqueue(packet);

    /// <summary>The next input; the test fails when none comes.</summary>
    public SipInput Take()
    {
        Assert.True(Inputs.TryTake(out var input, TransportBench.Patience), "nothing arrived at the shard");
        return input;
    }
}
