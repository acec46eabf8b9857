using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing;
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

    // A repeated request: parsed, matched to its transaction (RFC 3261 §17.2.3), and the kept answer goes out again.
    [Fact]
    public void To_parse_a_message_and_match_its_transaction_allocates_nothing()
    {
        var engine = new SipEngine(SipEngineOptions.Default, new TimerWheel(Moment.Zero), new Random(1));
        var pool = new BufferPool();
        var bytes = SipSamples.RegisterWithAuthorization;
        Answer(engine, Parse(pool, bytes));
        var repeated = 0;
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100; i++, repeated++)
                Repeat(engine, pool, bytes);
        }));
        Assert.Equal(repeated, engine.Counters[EngineCounter.RequestsRepeated]);
    }

    private static void Repeat(SipEngine engine, BufferPool pool, byte[] bytes)
    {
        engine.Receive(new SipInput(Parse(pool, bytes), EngineBench.Udp), Moment.Zero);
        if (!engine.TryTakePacket(out var packet))
            throw new InvalidOperationException("a repeated request gets its answer again");

        packet.Data.Release();
    }

    private static SipMessage Parse(BufferPool pool, byte[] bytes)
    {
        var buffer = pool.Rent(bytes.Length);
        bytes.CopyTo(buffer.Array, 0);
        buffer.Length = bytes.Length;
        SipParser.Parse(buffer, SipLimits.Default, out var message);
        return message!;
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
