using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Tests.Engine;

/// <summary>One engine in virtual time: what it sends is kept with the moment, what it tells is kept in order.</summary>
internal sealed class EngineBench
{
    public static readonly NetAddress Us = Address("192.0.2.1", 5060);
    public static readonly NetAddress Peer = Address("198.51.100.7", 5060);
    public static readonly SipFlow Udp = new(SipTransportKind.Udp, Us, Peer);
    public static readonly SipFlow Tcp = new(SipTransportKind.Tcp, Us, Peer, 7);

    private readonly TimerWheel _wheel = new(Moment.Zero);

    public EngineBench(SipEngineOptions? options = null)
    {
        Engine = new SipEngine(options ?? SipEngineOptions.Default, _wheel, new Random(1));
        Engine.Addressing.Set(SipTransportKind.Udp, "192.0.2.1", 5060);
        Engine.Addressing.Set(SipTransportKind.Tcp, "192.0.2.1", 5061);
    }

    public SipEngine Engine { get; }

    public Moment Now { get; private set; } = Moment.Zero;

    /// <summary>All packets so far.</summary>
    public List<Packet> Sent { get; } = [];

    /// <summary>Events that the test has not taken yet.</summary>
    public Queue<SipEvent> Events { get; } = [];

    public int Timers => _wheel.Count;

    public static NetAddress Address(string host, int port)
    {
        Assert.True(NetAddress.TryParse(host, port, out var address));
        return address;
    }

    /// <summary>A message from lines, with CRLF and the empty line.</summary>
    public static string Lines(params string[] lines) => string.Join("\r\n", lines) + "\r\n\r\n";

    /// <summary>A request from the peer. <paramref name="more"/> are whole header lines.</summary>
    public static string Request(
        string method, string branch = "z9hG4bKpeer1", uint cseq = 1, string toTag = "", string fromTag = "peer", string callId = "call-1",
        string via = "", string uri = "sip:100@192.0.2.1", params string[] more) =>
        Lines(
        [
            $"{method} {uri} SIP/2.0",
            $"Via: {(via.Length > 0 ? via : "SIP/2.0/UDP 198.51.100.7:5060")};branch={branch}",
            "Max-Forwards: 70",
            $"From: \"Bob\" <sip:bob@example.com>;tag={fromTag}",
            $"To: <sip:100@example.com>{(toTag.Length > 0 ? ";tag=" + toTag : "")}",
            $"Call-ID: {callId}",
            $"CSeq: {cseq} {method}",
            .. method is "INVITE" or "UPDATE" ? ["Contact: <sip:bob@198.51.100.7:5060>"] : Array.Empty<string>(),
            .. more,
            "Content-Length: 0",
        ]);

    public void Receive(string text, SipFlow? flow = null)
    {
        var rejection = SipParser.Parse(PooledBuffer.Copy(Encoding.UTF8.GetBytes(text)), SipLimits.Default, out var message);
        Engine.Receive(new SipInput(message, flow ?? Udp, rejection), Now);
        Drain();
    }

    /// <summary>A response of the peer to what the engine sent.</summary>
    public void ReceiveResponse(Packet request, int status, string toTag = "peer", SipFlow? flow = null, params string[] more) =>
        Receive(ResponseTo(request, status, toTag, more), flow);

    public static string ResponseTo(Packet request, int status, string toTag = "peer", params string[] more)
    {
        var to = request.Header("To");
        return Lines(
        [
            $"SIP/2.0 {status} Text",
            "Via: " + request.Header("Via"),
            "From: " + request.Header("From"),
            "To: " + (toTag.Length == 0 || to.Contains(";tag=") ? to : to + ";tag=" + toTag),
            "Call-ID: " + request.Header("Call-ID"),
            "CSeq: " + request.Header("CSeq"),
            .. status is > 100 and < 300 ? ["Contact: <sip:bob@198.51.100.7:5060>"] : Array.Empty<string>(),
            .. more,
            "Content-Length: 0",
        ]);
    }

    /// <summary>Goes to the time, in milliseconds since the start, and through every deadline on the way.</summary>
    public void GoTo(double milliseconds)
    {
        var end = new Moment((long)(milliseconds * TimeSpan.TicksPerMillisecond));
        while (_wheel.NextDeadline is var next && next <= end)
        {
            Now = next > Now ? next : Now;
            _wheel.Advance(Now);
            Drain();
        }

        Now = end;
        _wheel.Advance(Now);
        Drain();
    }

    public ClientTransaction Send(string method, SipFlow? target = null, int padding = 0, uint loopKey = 0, string uri = "sip:bob@198.51.100.7")
    {
        var writer = SipWriter.Request(Encoding.ASCII.GetBytes(method), Encoding.ASCII.GetBytes(uri))
            .Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, "<sip:100@example.com>;tag=ours")
            .Header(HeaderName.To, "<sip:bob@example.com>")
            .Header(HeaderName.CallId, "our-call")
            .Header(HeaderName.CSeq, "10 " + method)
            .Header(HeaderName.Contact, "<sip:100@192.0.2.1>");
        if (padding > 0)
            writer.Header(HeaderName.Subject, new string('x', padding));
        var client = Engine.SendRequest(writer, SipMethods.Find(Encoding.ASCII.GetBytes(method)), target ?? Udp, Now, loopKey: loopKey);
        Drain();
        return client;
    }

    public bool Respond(ServerTransaction server, int status)
    {
        var done = Engine.Respond(server, server.Request is null ? SipWriter.Response(status) : server.Reply(status), Now);
        Drain();
        return done;
    }

    public SipEvent Take(SipEventKind kind)
    {
        Assert.True(Events.TryDequeue(out var e), $"there is no event, {kind} was expected");
        Assert.Equal(kind, e.Kind);
        return e;
    }

    /// <summary>The server transaction of the request that has just arrived.</summary>
    public ServerTransaction TakeRequest() => Take(SipEventKind.Request).Server!;

    public void AssertNoEvent() => Assert.Empty(Events.Select(e => e.Kind));

    /// <summary>When packets whose first line starts so were sent, in milliseconds.</summary>
    public double[] Times(string start) => [.. Sent.Where(p => p.Text.StartsWith(start)).Select(p => p.At)];

    public Packet Last(string start) => Sent.Last(p => p.Text.StartsWith(start));

    public void AssertEmpty()
    {
        Assert.Equal(0, Engine.ClientTransactions);
        Assert.Equal(0, Engine.ServerTransactions);
        Assert.Equal(0, Timers);
    }

    public void Drain()
    {
        while (Engine.TryTakePacket(out var packet))
        {
            Sent.Add(new Packet(Now.Ticks / (double)TimeSpan.TicksPerMillisecond, packet.Target, Encoding.UTF8.GetString(packet.Data.Span), packet.Tag));
            packet.Data.Release();
        }

        while (Engine.TryTakeEvent(out var e))
            Events.Enqueue(e);
    }

    internal sealed record Packet(double At, SipFlow Target, string Text, long Tag)
    {
        public string FirstLine => Text[..Text.IndexOf("\r\n", StringComparison.Ordinal)];

        public int Status => int.Parse(Text.AsSpan(8, 3));

        public string Header(string name) => Headers(name)[0];

        public string[] Headers(string name) =>
            [.. Text.Split("\r\n").Where(line => line.StartsWith(name + ": ")).Select(line => line[(name.Length + 2)..])];

        public string ToTag => Header("To").Split(";tag=")[1];
    }
}
