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

/// <summary>RFC 3263 §4.3: a request goes on to its next target, and stays one transaction for its user.</summary>
public sealed class FailoverTests
{
    private readonly TimerWheel _wheel = new(Moment.Zero);
    private readonly SipEngine _engine;
    private readonly List<string> _events = [];
    private readonly List<(string Text, SipPacket Packet)> _sent = [];
    private readonly DnsZone _zone = new();
    private Dialog? _dialog;
    private Moment _now = Moment.FromMilliseconds(1_000);
    private int _tags;

    public FailoverTests()
    {
        _engine = new SipEngine(new SipEngineOptions(), _wheel, new Random(7));
        _engine.Addressing.Set(SipTransportKind.Udp, "192.0.2.100", 5060);
        _engine.Addressing.Set(SipTransportKind.Tcp, "192.0.2.100", 5060);
        _engine.Locator.Resolver.Connect(_zone, action => action(_now));
    }

    [Theory]
    [InlineData(SipMethod.Invite)]
    [InlineData(SipMethod.Register)]
    public void Silence_of_four_seconds_moves_a_request_on_with_a_new_branch(SipMethod method)
    {
        var client = Send(method, 2);
        var first = Take();
        Assert.Equal("192.0.2.1", first.To);
        Wait(3.9);
        Assert.All(TakeAll(), p => Assert.Equal("192.0.2.1", p.To));
        Wait(0.2);
        var second = Take();
        Assert.Equal("192.0.2.2", second.To);

        // Identical but for the branch.
        Assert.NotEqual(Line(first.Text, "Via:"), Line(second.Text, "Via:"));
        Assert.Equal(first.Text.Replace(Line(first.Text, "Via:"), "", StringComparison.Ordinal), second.Text.Replace(Line(second.Text, "Via:"), "", StringComparison.Ordinal));
        Answer(second.Text, 200);
        Assert.Equal(["200"], _events);
        Assert.Equal((1, 200), (client.Failovers, client.LastStatus));
        Assert.Equal(1, _engine.Counters[EngineCounter.Failovers]);

        // The dead one rests.
        Assert.Equal(1, _engine.Locator.Resting);
        Ends();
    }

    [Fact]
    public void The_last_target_has_the_whole_time_and_its_silence_is_the_users()
    {
        Send(SipMethod.Invite, 3);
        Wait(7.9);
        Assert.Empty(_events);
        Wait(0.2 + 31.7);
        Assert.Empty(_events);
        Wait(0.3);
        Assert.Equal("Timeout", _events[0]);
        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3"], TakeAll().Select(p => p.To).Distinct());
        Ends();
    }

    [Fact]
    public void A_503_is_acknowledged_and_moves_the_invite_on_at_once()
    {
        Send(SipMethod.Invite, 2);
        var first = Take();
        Answer(first.Text, 503, "Retry-After: 120 (maintenance)");
        var ack = Take();
        Assert.StartsWith("ACK ", ack.Text);
        Assert.Equal(("192.0.2.1", Line(first.Text, "Via:")), (ack.To, Line(ack.Text, "Via:")));
        var second = Take();
        Assert.Equal("192.0.2.2", second.To);

        // It comes again: it is acknowledged again, and nobody hears of it.
        Answer(first.Text, 503);
        Assert.StartsWith("ACK ", Take().Text);
        Answer(second.Text, 486);
        Assert.Equal(["486"], _events);

        // Retry-After: it rests for so long.
        Assert.Equal(1, _engine.Locator.Resting);
        Ends();
    }

    [Fact]
    public void A_503_of_the_last_target_is_the_users_and_one_without_retry_after_is_about_this_request_only()
    {
        Send(SipMethod.Options, 2);
        Answer(Take().Text, 503);
        Answer(Take().Text, 503);

        Assert.Equal(["503"], _events);
        Assert.Equal(0, _engine.Locator.Resting);
        Ends();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(486)]
    [InlineData(302)]
    [InlineData(600)]
    public void Any_other_answer_is_an_answer(int status)
    {
        Send(SipMethod.Invite, 2);
        Answer(Take().Text, status);

        Assert.Equal([$"{status}"], _events);
        Assert.StartsWith("ACK ", Take().Text);
        Ends();
    }

    [Fact]
    public void What_cannot_be_sent_goes_to_the_next_at_once_and_the_last_failure_is_told()
    {
        Send(SipMethod.Invite, 2);
        Fail(Take());
        var second = Take();
        Assert.Equal("192.0.2.2", second.To);
        Assert.Empty(_events);
        Fail(second);
        Assert.Equal(["TransportFailed", "TransactionEnded"], _events);
        Assert.Equal(2, _engine.Locator.Resting);
        Ends();
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(180, false)]
    public void A_503_after_a_provisional_response_moves_on_only_after_100(int provisional, bool moves)
    {
        Send(SipMethod.Invite, 2);
        var first = Take();
        Answer(first.Text, provisional);
        Answer(first.Text, 503);

        Assert.Equal([$"{provisional}", .. moves ? [] : new[] { "503" }], _events);
        Assert.Equal(moves, TakeAll().Any(p => p.To == "192.0.2.2"));
        if (!moves)
            Ends();
    }

    [Theory]
    [InlineData(SipMethod.Invite)]
    [InlineData(SipMethod.Options)]
    public void Who_has_said_100_is_there_and_is_waited_for(SipMethod method)
    {
        Send(method, 2);
        Answer(Take().Text, 100);
        Wait(31);
        Assert.All(TakeAll(), p => Assert.Equal("192.0.2.1", p.To));
        Assert.Equal(["100"], _events);
        Wait(2);
        Assert.Equal(method == SipMethod.Options ? ["100", "Timeout", "TransactionEnded"] : ["100"], _events);
    }

    [Fact]
    public void A_target_that_was_given_up_and_rings_late_is_cancelled()
    {
        Send(SipMethod.Invite, 2);
        var first = Take();
        Wait(4.1);
        var second = TakeAll().Last();
        Answer(first.Text, 180);

        // RFC 3261 §9.1: to the same server, with the branch of the request that it cancels.
        var cancel = TakeAll().Single(p => p.Text.StartsWith("CANCEL ", StringComparison.Ordinal));
        Assert.Equal(("192.0.2.1", Line(first.Text, "Via:")), (cancel.To, Line(cancel.Text, "Via:")));
        Answer(cancel.Text, 200);
        Answer(first.Text, 487);
        Assert.StartsWith("ACK ", TakeAll().Single().Text);
        Assert.Empty(_events);

        Answer(second.Text, 200);
        Assert.Equal(["200"], _events);
        Ends();
    }

    [Fact]
    public void A_target_that_was_given_up_and_answers_late_is_one_more_fork()
    {
        var client = Send(SipMethod.Invite, 2);
        var first = Take();
        Wait(4.1);
        var second = TakeAll().Last();
        Answer(second.Text, 200);
        var winner = _dialog;
        Answer(first.Text, 200);

        Assert.Equal(["200", "200"], _events);
        Assert.NotSame(winner, _dialog);
        Assert.Equal(2, _engine.Dialogs.Count);

        // The user ends it as it ends any other: ACK and BYE. A repeated 2xx is acknowledged inside.
        _engine.SendAck(_dialog!, client, _dialog!.Ack(client.CSeq), _dialog.Flow);
        TakeAll();
        Answer(first.Text, 200, tag: "x2");
        Assert.StartsWith("ACK ", Take().Text);
        Assert.Equal(2, _events.Count);
        _dialog.Terminate();
        winner!.Terminate();
        Ends();
    }

    [Fact]
    public void The_transaction_has_ended_when_its_last_attempt_has()
    {
        Send(SipMethod.Invite, 2);
        var first = Take();
        Wait(4.1);
        Fail(TakeAll().Last());
        Assert.Equal(["TransportFailed"], _events);
        Wait(30);
        Assert.Equal(["TransportFailed"], _events);
        Assert.Equal(1, _engine.ClientTransactions);

        // Up to the end of the first attempt its target may still answer.
        Answer(first.Text, 200);
        Assert.Equal(["TransportFailed", "200"], _events);
        _dialog!.Terminate();
        Ends();
        Assert.Equal("TransactionEnded", _events[^1]);
    }

    [Fact]
    public void A_cancelled_invite_goes_nowhere_else()
    {
        var client = Send(SipMethod.Invite, 2);
        var first = Take();
        Assert.True(_engine.Cancel(client, _now));
        Wait(5);
        Assert.All(TakeAll(), p => Assert.Equal("192.0.2.1", p.To));
        Answer(first.Text, 100);
        Assert.StartsWith("CANCEL ", Take().Text);
        Answer(first.Text, 503);
        Assert.Equal(["100", "503"], _events);
        Ends();
    }

    [Fact]
    public void The_cancel_of_a_moved_invite_goes_where_it_is_now()
    {
        var client = Send(SipMethod.Invite, 2);
        Fail(Take());
        var second = Take();
        Answer(second.Text, 180);
        _engine.Cancel(client, _now);
        Settle();
        var cancel = Take();
        Assert.Equal(("192.0.2.2", Line(second.Text, "Via:")), (cancel.To, Line(cancel.Text, "Via:")));
        Answer(second.Text, 487);
        Assert.Equal(["180", "487"], _events);
        Ends();
    }

    [Fact]
    public void Without_any_target_the_request_fails_as_if_the_transport_had()
    {
        _engine.SendRequest(Request(SipMethod.Invite), SipMethod.Invite, SipTargetList.Nowhere(LocateFailure.NotFound), _now);
        Settle();
        Assert.Equal(["TransportFailed"], _events);
        Ends();
    }

    [Fact]
    public void A_large_request_goes_to_tcp_at_each_target_and_falls_back_before_it_moves_on()
    {
        var targets = SipTargetList.Of([Flow("192.0.2.1"), Flow("192.0.2.2")]);
        _engine.SendRequest(Request(SipMethod.Invite).Header(HeaderName.Subject, new string('x', 1_400)), SipMethod.Invite, targets, _now);
        Settle();
        var tries = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var packet = Take();
            tries.Add($"{packet.Packet.Target.Transport} {packet.To}");
            Fail(packet);
        }

        Assert.Equal(["Tcp 192.0.2.1", "Udp 192.0.2.1", "Tcp 192.0.2.2", "Udp 192.0.2.2"], tries);
        Assert.Equal("TransportFailed", _events[0]);
        Ends();
    }

    [Fact]
    public void In_a_dialog_a_flow_that_is_gone_is_followed_by_the_next_hop()
    {
        var dialog = Dialog("sip:bob@192.0.2.50:5070;transport=tcp", new SipFlow(SipTransportKind.Tcp, default, Address("192.0.2.50", 40_000), 17));
        _engine.SendRequest(dialog.Request(SipMethod.Info), SipMethod.Info, dialog, _now);
        Settle();
        var first = Take();
        Assert.Equal(17, first.Packet.Target.Connection);
        Fail(first);
        var second = Take();
        Assert.Equal("tcp:192.0.2.50:5070", second.Packet.Target.ToString());
        Assert.Equal(0, second.Packet.Target.Connection);
        Fail(second);
        Assert.Equal("TransportFailed", _events[^2]);
        dialog.Terminate();
        Ends();
    }

    [Fact]
    public void In_a_dialog_the_next_hop_by_name_is_asked_for_when_the_flow_is_silent()
    {
        _zone.Add("edge.test 60 A 192.0.2.61", "edge.test 60 A 192.0.2.62");
        var dialog = Dialog("sip:bob@edge.test:5060", Flow("192.0.2.61"));
        _engine.SendRequest(dialog.Request(SipMethod.Bye), SipMethod.Bye, dialog, _now);
        Settle();
        Assert.Equal("192.0.2.61", Take().To);
        Assert.Empty(_zone.Asked);
        Wait(4.1);

        // The flow itself was the first address.
        Answer(TakeAll().Last(p => p.To == "192.0.2.62").Text, 200);
        Assert.Equal(["200"], _events);
        dialog.Terminate();
        Ends();
    }

    [Fact]
    public void In_a_dialog_over_tls_nothing_goes_on_in_clear()
    {
        var dialog = Dialog("sip:bob@192.0.2.50:5070", new SipFlow(SipTransportKind.Tls, default, Address("192.0.2.50", 40_000), 17));
        _engine.SendRequest(dialog.Request(SipMethod.Info), SipMethod.Info, dialog, _now);
        Settle();
        Fail(Take());
        Assert.Empty(TakeAll());
        Assert.Equal("TransportFailed", _events[0]);
        dialog.Terminate();
        Ends();
    }

    [Fact]
    public void A_name_that_is_not_resolved_in_time_is_the_failure_that_it_was()
    {
        _zone.IsAway = true;
        var dialog = Dialog("sip:bob@edge.test:5060", new SipFlow(SipTransportKind.Tcp, default, Address("192.0.2.50", 40_000), 17));
        _engine.SendRequest(dialog.Request(SipMethod.Info), SipMethod.Info, dialog, _now);
        Settle();
        Fail(Take());
        Assert.Empty(_events);
        Wait(8.1);
        Assert.Equal(["TransportFailed", "TransactionEnded"], _events);
        dialog.Terminate();
        Ends();
    }

    private ClientTransaction Send(SipMethod method, int targets)
    {
        var list = SipTargetList.Of([.. Enumerable.Range(1, targets).Select(i => Flow($"192.0.2.{i}"))]);
        var client = _engine.SendRequest(Request(method), method, list, _now);
        Settle();
        return client;
    }

    private static SipWriter Request(SipMethod method) => SipWriter.Request(method, "sip:bob@pbx.test")
        .Header(HeaderName.MaxForwards, 70)
        .Header(HeaderName.From, "<sip:alice@pbx.test>;tag=a1")
        .Header(HeaderName.To, "<sip:bob@pbx.test>")
        .Header(HeaderName.CallId, "call-1")
        .Header(HeaderName.CSeq, $"1 {Encoding.ASCII.GetString(SipMethods.Text(method))}")
        .Header(HeaderName.Contact, "<sip:alice@192.0.2.100>");

    private Dialog Dialog(string contact, SipFlow flow)
    {
        var invite = SipTest.Good(SipTest.Request(
            "INVITE sip:100@192.0.2.100 SIP/2.0", cseq: "CSeq: 1 INVITE", extra: $"Max-Forwards: 70\r\nContact: <{contact}>"));
        _engine.Receive(new SipInput(invite, flow), _now);
        Assert.True(_engine.TryTakeEvent(out var e));
        _engine.Respond(e.Server!, e.Server!.Reply(200).Header(HeaderName.Contact, "<sip:100@192.0.2.100>"), _now);
        var ack = SipTest.Good(SipTest.Request("ACK sip:100@192.0.2.100 SIP/2.0", via: "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKy",
            to: $"To: <sip:100@example.com>;tag={Encoding.ASCII.GetString(e.Server.LocalTag)}", cseq: "CSeq: 1 ACK"));
        _engine.Receive(new SipInput(ack, flow), _now);
        Wait(33);
        _events.Clear();
        _sent.Clear();
        return Assert.IsType<Dialog>(_engine.Dialogs.Find("1@example.com"u8, e.Server.LocalTag, "1"u8));
    }

    private void Settle()
    {
        while (_engine.TryTakePacket(out var packet))
        {
            _sent.Add((Encoding.ASCII.GetString(packet.Data.Span), packet));
            packet.Data.Release();
        }

        while (_engine.TryTakeEvent(out var e))
        {
            _events.Add(e.Kind == SipEventKind.Response ? $"{e.Message!.StatusCode}" : e.Kind.ToString());
            if (e.Dialog is not null)
                _dialog = e.Dialog;
            e.Message?.Release();
        }
    }

    private void Wait(double seconds)
    {
        for (var left = (int)(seconds * 100); left > 0; left--)
        {
            _now += TimeSpan.FromMilliseconds(10);
            _wheel.Advance(_now);
            Settle();
        }
    }

    private (string Text, string To, SipPacket Packet) Take()
    {
        var (text, packet) = _sent[0];
        _sent.RemoveAt(0);
        return (text, packet.Target.Remote.HostText(), packet);
    }

    private List<(string Text, string To, SipPacket Packet)> TakeAll()
    {
        var all = new List<(string, string, SipPacket)>();
        while (_sent.Count > 0)
            all.Add(Take());
        return all;
    }

    private void Fail((string Text, string To, SipPacket Packet) sent)
    {
        _engine.Receive(new SipInput(null, sent.Packet.Target, FailedTag: sent.Packet.Tag), _now);
        Settle();
    }

    private void Answer(string request, int status, string extra = "", string? tag = null)
    {
        var parsed = SipParser.Parse(PooledBuffer.Copy(Encoding.ASCII.GetBytes(request)), SipLimits.Default, out var message);
        Assert.Equal(SipRejection.None, parsed);
        tag ??= $"x{++_tags}";
        var text = Encoding.ASCII.GetString(SipResponses.To(message!, status, "", Encoding.ASCII.GetBytes(status == 100 ? "" : tag)).Header(HeaderName.Contact, "<sip:bob@192.0.2.77>").Finish().Span);
        if (extra.Length > 0)
            text = text.Replace("Content-Length", extra + "\r\nContent-Length", StringComparison.Ordinal);
        var response = SipTest.Good(Encoding.ASCII.GetBytes(text));
        _engine.Receive(new SipInput(response, Flow("192.0.2.1")), _now);
        Settle();
    }

    private void Ends()
    {
        Wait(75);
        Assert.Equal((0, 0, 0), (_engine.ClientTransactions, _engine.ServerTransactions, _wheel.Count));
        Assert.True(_events.Count(e => e == "TransactionEnded") <= 1);
    }

    private static string Line(string text, string name) => text.Split("\r\n").First(l => l.StartsWith(name, StringComparison.Ordinal));

    private static SipFlow Flow(string host) => new(SipTransportKind.Udp, default, Address(host, 5060));

    private static NetAddress Address(string host, int port) => NetAddress.TryParse(host, port, out var address) ? address : throw new FormatException(host);
}
