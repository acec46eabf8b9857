using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Wire;

namespace Tandem.Sip.Tests.Engine;

/// <summary>Whatever bytes arrive, the engine throws nothing, answers with whole messages, and is empty in the end.</summary>
public class HostileInputTests
{
    [Fact]
    public void Damaged_messages_end_nothing()
    {
        var wheel = new TimerWheel(Moment.Zero);
        var random = new Random(7);
        var engine = new SipEngine(SipEngineOptions.Default, wheel, random);
        engine.Addressing.Set(SipTransportKind.Udp, "192.0.2.1", 5060);
        byte[][] samples =
        [
            SipSamples.Invite, SipSamples.InviteOk, SipSamples.RegisterWithAuthorization,
            .. new[] { "INVITE", "CANCEL", "ACK", "BYE", "PRACK", "UPDATE", "OPTIONS" }.Select(m => Encoding.ASCII.GetBytes(EngineBench.Request(m))),
        ];
        var now = Moment.Zero;
        for (var i = 0; i < 20_000; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(50));
            wheel.Advance(now);
            var rejection = SipParser.Parse(PooledBuffer.Copy(Damage(samples[random.Next(samples.Length)], random)), SipLimits.Default, out var message);
            engine.Receive(new SipInput(message, random.Next(2) == 0 ? EngineBench.Udp : EngineBench.Tcp, rejection), now);
            Drain(engine, random, now);
        }

        wheel.Advance(now + TimeSpan.FromSeconds(64));
        Drain(engine, random, now + TimeSpan.FromSeconds(64));
        wheel.Advance(now + TimeSpan.FromSeconds(128));
        Assert.Equal(0, engine.ServerTransactions);
        Assert.Equal(0, engine.Dialogs.Count);
        Assert.True(engine.Counters[EngineCounter.RejectedAnswered] > 0);
        Assert.True(engine.Counters[EngineCounter.ResponsesSent] > 0);
    }

    private static byte[] Damage(byte[] sample, Random random)
    {
        var bytes = sample.ToList();
        for (var hits = random.Next(4); hits > 0; hits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    bytes.Insert(at, "\r\n;,:<>\"= \t0z"u8[random.Next(13)]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Drain(SipEngine engine, Random random, Moment now)
    {
        while (engine.TryTakeEvent(out var e))
        {
            if (e is { Kind: SipEventKind.Request, Server: { } server })
            {
                if (server.IsInvite && random.Next(2) == 0)
                    engine.RespondReliably(server, server.Reply(180), default, default, now);
                engine.Respond(server, server.Reply(random.Next(2) == 0 ? 200 : 486), now);
            }
            else if (e.Kind == SipEventKind.Timeout)
            {
                e.Dialog?.Terminate();
            }
            else if (e is { Kind: SipEventKind.Ack2xx, Dialog: { } dialog })
            {
                // A request built from what the peer sent must be readable again.
                AssertReadable(dialog.Request(SipMethod.Bye).Header(HeaderName.Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx").Finish());
                dialog.Terminate();
            }

            e.Message?.Release();
        }

        while (engine.TryTakePacket(out var packet))
            AssertReadable(packet.Data);
    }

    private static void AssertReadable(PooledBuffer data)
    {
        var text = Encoding.Latin1.GetString(data.Span);
        var rejection = SipParser.Parse(data, SipLimits.Default, out _);

        // What a rejected request says of itself is copied into its answer, so that only the shape is ours.
        Assert.True(rejection is SipRejection.None || text.StartsWith("SIP/2.0 4", StringComparison.Ordinal) || text.StartsWith("SIP/2.0 5", StringComparison.Ordinal), $"{rejection}\n{text}");
        Assert.EndsWith("Content-Length: 0\r\n\r\n", text);
    }
}
