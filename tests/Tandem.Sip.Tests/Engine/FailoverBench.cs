using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;
using Tandem.Testing.Dns;

namespace Tandem.Sip.Tests.Engine;

/// <summary>One engine between targets that answer, are silent or fail, in virtual time.</summary>
public abstract class FailoverBench
{
    private int _tags;

    protected FailoverBench()
    {
        Engine = new SipEngine(new SipEngineOptions(), Wheel, new Random(7));
        Engine.Addressing.Set(SipTransportKind.Udp, "192.0.2.100", 5060);
        Engine.Addressing.Set(SipTransportKind.Tcp, "192.0.2.100", 5060);
        Engine.Locator.Resolver.Connect(Zone, action => action(Now));
    }

    protected TimerWheel Wheel { get; } = new(Moment.Zero);

    protected SipEngine Engine { get; }

    /// <summary>What the user of the transaction was told: a status, or the kind of event.</summary>
    protected List<string> Events { get; } = [];

    protected List<(string Text, SipPacket Packet)> Sent { get; } = [];

    protected DnsZone Zone { get; } = new();

    protected Dialog? LastDialog { get; private set; }

    protected Moment Now { get; private set; } = Moment.FromMilliseconds(1_000);

    protected ClientTransaction Send(SipMethod method, int targets)
    {
        var list = SipTargetList.Of([.. Enumerable.Range(1, targets).Select(i => Flow($"192.0.2.{i}"))]);
        var client = Engine.SendRequest(Request(method), method, list, Now);
        Settle();
        return client;
    }

    protected static SipWriter Request(SipMethod method) => SipWriter.Request(method, "sip:bob@pbx.test")
        .Header(HeaderName.MaxForwards, 70)
        .Header(HeaderName.From, "<sip:alice@pbx.test>;tag=a1")
        .Header(HeaderName.To, "<sip:bob@pbx.test>")
        .Header(HeaderName.CallId, "call-1")
        .Header(HeaderName.CSeq, $"1 {Encoding.ASCII.GetString(SipMethods.Text(method))}")
        .Header(HeaderName.Contact, "<sip:alice@192.0.2.100>");

    protected Dialog Dialog(string contact, SipFlow flow)
    {
        var invite = SipTest.Good(SipTest.Request(
            "INVITE sip:100@192.0.2.100 SIP/2.0", cseq: "CSeq: 1 INVITE", extra: $"Max-Forwards: 70\r\nContact: <{contact}>"));
        Engine.Receive(new SipInput(invite, flow), Now);
        Assert.True(Engine.TryTakeEvent(out var e));
        Engine.Respond(e.Server!, e.Server!.Reply(200).Header(HeaderName.Contact, "<sip:100@192.0.2.100>"), Now);
        var ack = SipTest.Good(SipTest.Request("ACK sip:100@192.0.2.100 SIP/2.0", via: "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKy",
            to: $"To: <sip:100@example.com>;tag={Encoding.ASCII.GetString(e.Server.LocalTag)}", cseq: "CSeq: 1 ACK"));
        Engine.Receive(new SipInput(ack, flow), Now);
        Wait(33);
        Events.Clear();
        Sent.Clear();
        return Assert.IsType<Dialog>(Engine.Dialogs.Find("1@example.com"u8, e.Server.LocalTag, "1"u8));
    }

    protected void Settle()
    {
        while (Engine.TryTakePacket(out var packet))
        {
            Sent.Add((Encoding.ASCII.GetString(packet.Data.Span), packet));
            packet.Data.Release();
        }

        while (Engine.TryTakeEvent(out var e))
        {
            Events.Add(e.Kind == SipEventKind.Response ? $"{e.Message!.StatusCode}" : e.Kind.ToString());
            if (e.Dialog is not null)
                LastDialog = e.Dialog;
            e.Message?.Release();
        }
    }

    protected void Wait(double seconds)
    {
        for (var left = (int)(seconds * 100); left > 0; left--)
        {
            Now += TimeSpan.FromMilliseconds(10);
            Wheel.Advance(Now);
            Settle();
        }
    }

    protected (string Text, string To, SipPacket Packet) Take()
    {
        var (text, packet) = Sent[0];
        Sent.RemoveAt(0);
        return (text, packet.Target.Remote.HostText(), packet);
    }

    protected List<(string Text, string To, SipPacket Packet)> TakeAll()
    {
        var all = new List<(string, string, SipPacket)>();
        while (Sent.Count > 0)
            all.Add(Take());
        return all;
    }

    protected void Fail((string Text, string To, SipPacket Packet) sent)
    {
        Engine.Receive(new SipInput(null, sent.Packet.Target, FailedTag: sent.Packet.Tag), Now);
        Settle();
    }

    protected void Answer(string request, int status, string extra = "", string? tag = null)
    {
        var parsed = SipParser.Parse(PooledBuffer.Copy(Encoding.ASCII.GetBytes(request)), SipLimits.Default, out var message);
        Assert.Equal(SipRejection.None, parsed);
        tag ??= $"x{++_tags}";
        var text = Encoding.ASCII.GetString(SipResponses.To(message!, status, "", Encoding.ASCII.GetBytes(status == 100 ? "" : tag)).Header(HeaderName.Contact, "<sip:bob@192.0.2.77>").Finish().Span);
        if (extra.Length > 0)
            text = text.Replace("Content-Length", extra + "\r\nContent-Length", StringComparison.Ordinal);
        var response = SipTest.Good(Encoding.ASCII.GetBytes(text));
        Engine.Receive(new SipInput(response, Flow("192.0.2.1")), Now);
        Settle();
    }

    protected void Ends()
    {
        Wait(75);
        Assert.Equal((0, 0, 0), (Engine.ClientTransactions, Engine.ServerTransactions, Wheel.Count));
        Assert.True(Events.Count(e => e == "TransactionEnded") <= 1);
    }

    protected static string Line(string text, string name) => text.Split("\r\n").First(l => l.StartsWith(name, StringComparison.Ordinal));

    protected static SipFlow Flow(string host) => new(SipTransportKind.Udp, default, Address(host, 5060));

    protected static NetAddress Address(string host, int port) => NetAddress.TryParse(host, port, out var address) ? address : throw new FormatException(host);
}
