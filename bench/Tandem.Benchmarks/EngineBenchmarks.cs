using BenchmarkDotNet.Attributes;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Wire;

namespace Tandem.Benchmarks;

/// <summary>What the engine does with one request: a new one that is answered and forgotten, and a repeated one.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private static readonly SipFlow Flow = new(SipTransportKind.Udp, NetAddress.FromV4(0xC0000201, 5060), NetAddress.FromV4(0xC0000207, 5060));

    private readonly byte[] _bytes = SipSamples.RegisterWithAuthorization;
    private readonly SipEngine _engine = new(SipEngineOptions.Default, new TimerWheel(Moment.Zero), new Random(1));
    private readonly SipEngine _known = new(SipEngineOptions.Default, new TimerWheel(Moment.Zero), new Random(1));

    [GlobalSetup]
    public void Know()
    {
        _known.Receive(new SipInput(Parsed(), Flow), Moment.Zero);
        _known.TryTakeEvent(out var e);
        _known.Respond(e.Server!, e.Server!.Reply(200), Moment.Zero);
        e.Message!.Release();
        Drain(_known);
    }

    [Benchmark]
    public void AnsweredAndForgotten()
    {
        _engine.Receive(new SipInput(Parsed(), Flow), Moment.Zero);
        _engine.TryTakeEvent(out var e);
        _engine.RespondWithoutState(e.Server!, e.Server!.Reply(403));
        e.Message!.Release();
        Drain(_engine);
    }

    [Benchmark]
    public void Repeated()
    {
        _known.Receive(new SipInput(Parsed(), Flow), Moment.Zero);
        Drain(_known);
    }

    private SipMessage Parsed()
    {
        var buffer = BufferPool.Shared.Rent(_bytes.Length);
        _bytes.CopyTo(buffer.Array, 0);
        buffer.Length = _bytes.Length;
        SipParser.Parse(buffer, SipLimits.Default, out var message);
        return message!;
    }

    private static void Drain(SipEngine engine)
    {
        while (engine.TryTakePacket(out var packet))
            packet.Data.Release();
    }
}
