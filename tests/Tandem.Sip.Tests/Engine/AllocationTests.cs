using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Wire;

namespace Tandem.Sip.Tests.Engine;

/// <summary>What one REGISTER with its answer allocates: the transaction, its key, its kept answer, and little else.</summary>
public class AllocationTests
{
    [Fact]
    public void A_server_transaction_over_UDP_stays_under_1200_bytes()
    {
        const int rounds = 500;
        var engine = new SipEngine(SipEngineOptions.Default, new TimerWheel(Moment.Zero), new Random(1));
        var template = SipSamples.RegisterWithAuthorization;
        var branch = template.AsSpan().IndexOf("0f5c3e9a1b2d4c6e"u8);
        var callId = template.AsSpan().IndexOf("84294MTk0"u8);
        var messages = new SipMessage[rounds * 2];
        for (var i = 0; i < messages.Length; i++)
        {
            var bytes = template.ToArray();
            i.TryFormat(bytes.AsSpan(branch, 8), out _, "x8");
            i.TryFormat(bytes.AsSpan(callId, 8), out _, "x8");
            Assert.Equal(SipRejection.None, SipParser.Parse(PooledBuffer.Copy(bytes), SipLimits.Default, out var message));
            messages[i] = message!;
        }

        // The first half grows the tables and warms the pool.
        for (var i = 0; i < rounds; i++)
            Answer(engine, messages[i]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = rounds; i < messages.Length; i++)
            Answer(engine, messages[i]);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;

        Assert.Equal(messages.Length, engine.ServerTransactions);
        Assert.InRange(each, 1, 1_200);
    }

    private static void Answer(SipEngine engine, SipMessage message)
    {
        engine.Receive(new SipInput(message, EngineBench.Udp), Moment.Zero);
        Assert.True(engine.TryTakeEvent(out var e));
        engine.Respond(e.Server!, e.Server!.Reply(200), Moment.Zero);
        e.Message!.Release();
        Assert.True(engine.TryTakePacket(out var packet));
        packet.Data.Release();
    }
}
