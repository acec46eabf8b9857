using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>
/// A transport with shards that record or answer, and sockets to talk to it, on loopback. Its clock stands still unless the test lets time pass: how
/// long the machine takes for something changes no outcome.
/// </summary>
internal sealed class TransportBench : IAsyncDisposable
{
    /// <summary>How long a test waits for what must come. For what is broken, not for what is slow.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new();

    public TransportBench(
        int shards = 2, Func<SipTransportOptions, SipTransportOptions>? adjust = null, SourceGuardOptions? guard = null, bool isV6 = false,
        ShardLoopOptions? loopOptions = null, bool startLoops = true)
    {
        var loopback = NetAddress.From(isV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0);
        var options = new SipTransportOptions
        {
            Listeners = [new SipListener(SipTransportKind.Udp, loopback), new SipListener(SipTransportKind.Tcp, loopback)],

            // The tests sweep by hand, in a time of their own.
            SweepInterval = TimeSpan.FromHours(1),
        };
        Clock = new Clock(_time);
        _time.Pass(TimeSpan.FromSeconds(1_000));
        Guard = new SourceGuard(guard ?? new SourceGuardOptions(), new BanList(guard ?? new SourceGuardOptions()));
        Shards = [.. Enumerable.Range(0, shards).Select(_ => new TestShard { Answers = true })];
        Loops = [.. Shards.Select(shard => new ShardLoop(shard, Clock, loopOptions))];
        Transport = new SipTransport(adjust is null ? options : adjust(options), Loops, Guard, Clock)
        {
            ConnectionClosed = (_, reason) =>
            {
                lock (Closed)
                {
                    Closed.Add(reason);
                    Monitor.PulseAll(Closed);
                }
            },
        };
        Transport.Start();
        if (startLoops)
            Array.ForEach(Loops, loop => loop.Start());
    }

    public Clock Clock { get; }

    public SourceGuard Guard { get; }

    public TestShard[] Shards { get; }

    public ShardLoop[] Loops { get; }

    public SipTransport Transport { get; }

    public List<ConnectionCloseReason> Closed { get; } = [];

    public SipTransportCounters Counters => Transport.Counters;

    public IPEndPoint Udp => EndPoint(SipTransportKind.Udp);

    public IPEndPoint Tcp => EndPoint(SipTransportKind.Tcp);

    /// <summary>An OPTIONS request with this Call-ID.</summary>
    public static byte[] Options(string callId, int bodyBytes = 0) => Encoding.ASCII.GetBytes(
        "OPTIONS sip:tandem.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
        + $"From: <sip:100@tandem.example>;tag=1\r\nTo: <sip:tandem.example>\r\nCall-ID: {callId}\r\nCSeq: 1 OPTIONS\r\n"
        + $"Contact: <sip:100@192.0.2.9>\r\nContent-Length: {bodyBytes}\r\n\r\n{new string('b', bodyBytes)}");

    /// <summary>A Call-ID of this shard.</summary>
    public string CallIdOf(int shard, int seed = 1) => ShardSelector.MakeCallId(shard, Shards.Length, new Random(seed));

    /// <summary>Lets time pass between two rounds of the loops, and the transport look at its connections.</summary>
    public void Pass(TimeSpan span)
    {
        // A barrier stands at the beginning of a round: behind the second one everything that was posted before is done and written.
        for (var i = 0; i < 2; i++)
            Array.ForEach(Loops, loop => loop.FinishRound());

        _time.Pass(span);
        Transport.Sweep(Clock.Now);
    }

    /// <summary>Sends from the loop of a shard.</summary>
    public void Send(int shard, SipPacket packet) => Shards[shard].Turns.Post(() => Shards[shard].Send(packet));

    /// <summary>Waits until a condition that other threads bring about holds; fails after a minute.</summary>
    public static void Until(Func<bool> condition, string what)
    {
        using var pause = new ManualResetEventSlim();
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 12_000, $"waited too long until {what}");
            pause.Wait(5);
        }
    }

    /// <summary>Waits until this many messages are counted as sent on streams: the far side may have one before its write has ended here, and a write must not last as long as a test passes.</summary>
    public void UntilWritten(int messages) => Until(() => Counters.StreamMessagesOut == messages, $"{messages} are counted as sent");

    /// <summary>Waits until this many connections ended; returns why.</summary>
    public ConnectionCloseReason[] UntilClosed(int count)
    {
        lock (Closed)
        {
            while (Closed.Count < count)
                Assert.True(Monitor.Wait(Closed, Patience), "no connection was closed");

            return [.. Closed];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        foreach (var loop in Loops)
            loop.Dispose();

        // Another thread may just be closing the last one.
        Until(() => Transport.Connections == 0, "no connection is left");
    }

    private IPEndPoint EndPoint(SipTransportKind kind) => Transport.Bound.First(l => l.Transport == kind).Address.ToIPEndPoint();

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Pass(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);
    }
}
