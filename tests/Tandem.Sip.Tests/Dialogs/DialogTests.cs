using System.Text;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Tests.Engine;

namespace Tandem.Sip.Tests.Dialogs;

/// <summary>RFC 3261 §12: how dialogs begin, what requests inside them look like, and how they end.</summary>
public class DialogTests
{
    private readonly EngineBench _bench = new();

    [Fact]
    public void A_caller_s_dialog_takes_tags_target_and_the_reversed_route_set()
    {
        // §12.1.2
        var dialog = Answer("Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr;x=y>", "Record-Route: <sip:p3.example.com;lr>");
        Assert.Equal("our-call", Text(dialog.CallId));
        Assert.Equal("ours", Text(dialog.LocalTag));
        Assert.Equal("peer", Text(dialog.RemoteTag));
        Assert.Equal("sip:bob@198.51.100.7:5060", Text(dialog.RemoteTarget));
        Assert.Equal(["<sip:p3.example.com;lr>", "<sip:p2.example.com;lr;x=y>", "<sip:p1.example.com;lr>"], dialog.RouteSet.Select(r => Text(r)));
        Assert.Equal(10u, dialog.LocalSeq);
        Assert.Null(dialog.RemoteSeq);
        Assert.Equal(DialogState.Confirmed, dialog.State);
        Assert.True(dialog.IsCaller);
        Assert.Equal("sip:p3.example.com;lr", Text(dialog.NextHop));
    }

    [Fact]
    public void A_callee_s_dialog_takes_tags_target_and_the_route_set_in_order()
    {
        // §12.1.1
        _bench.Receive(EngineBench.Request("INVITE", cseq: 7, more: "Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 180);
        var dialog = server.Dialog!;
        Assert.Equal(DialogState.Early, dialog.State);
        Assert.Equal("<sip:p1.example.com;lr>, <sip:p2.example.com;lr>", _bench.Sent[0].Header("Record-Route"));
        Assert.Equal(_bench.Sent[0].ToTag, Text(dialog.LocalTag));
        Assert.Equal("peer", Text(dialog.RemoteTag));
        Assert.Equal(["<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>"], dialog.RouteSet.Select(r => Text(r)));
        Assert.Equal(7u, dialog.RemoteSeq);
        Assert.Equal(0u, dialog.LocalSeq);

        _bench.Respond(server, 200);
        Assert.Equal(DialogState.Confirmed, dialog.State);
        Assert.Equal(_bench.Sent[0].ToTag, _bench.Sent[1].ToTag);
        Assert.Equal(1, _bench.Engine.Dialogs.Count);
    }

    [Fact]
    public void A_request_inside_has_the_parties_and_the_next_CSeq()
    {
        // §12.2.1.1
        _bench.Receive(EngineBench.Request("INVITE", cseq: 7));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 200);
        var bye = Write(server.Dialog!, SipMethod.Bye);
        Assert.Equal("BYE sip:bob@198.51.100.7:5060 SIP/2.0", bye.FirstLine);
        Assert.Equal("<sip:100@example.com>;tag=" + _bench.Sent[0].ToTag, bye.Header("From"));
        Assert.Equal("\"Bob\" <sip:bob@example.com>;tag=peer", bye.Header("To"));
        Assert.Equal("call-1", bye.Header("Call-ID"));
        Assert.Equal("1 BYE", bye.Header("CSeq"));
        Assert.Equal("70", bye.Header("Max-Forwards"));
        Assert.Empty(bye.Headers("Route"));
        Assert.Equal("2 INFO", Write(server.Dialog!, SipMethod.Info).Header("CSeq"));
    }

    [Theory]
    [InlineData("<sip:p1;lr>, <sip:p2>", "INFO sip:bob@198.51.100.7:5060 SIP/2.0", "<sip:p1;lr>|<sip:p2>")]
    [InlineData(
        "<sip:proxy1>, <sip:proxy2>, <sip:proxy3;lr>, <sip:proxy4>", "INFO sip:proxy1 SIP/2.0",
        "<sip:proxy2>|<sip:proxy3;lr>|<sip:proxy4>|<sip:bob@198.51.100.7:5060>")]
    [InlineData("<sip:p1;method=INVITE;transport=udp?x=y>", "INFO sip:p1;transport=udp SIP/2.0", "<sip:bob@198.51.100.7:5060>")]
    public void Loose_and_strict_routers_are_served(string recordRoute, string firstLine, string routes)
    {
        // §12.2.1.1 with its example
        _bench.Receive(EngineBench.Request("INVITE", more: "Record-Route: " + recordRoute));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 200);
        var info = Write(server.Dialog!, SipMethod.Info);
        Assert.Equal(firstLine, info.FirstLine);
        Assert.Equal(routes.Split('|'), info.Headers("Route"));
    }

    [Fact]
    public void Each_fork_has_its_dialog_and_a_refusal_ends_the_early_ones()
    {
        // §12.3
        var client = _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 100, "");
        Assert.Null(_bench.Take(SipEventKind.Response).Dialog);
        _bench.ReceiveResponse(invite, 180, "a");
        var a = _bench.Take(SipEventKind.Response).Dialog!;
        _bench.ReceiveResponse(invite, 183, "b");
        var b = _bench.Take(SipEventKind.Response).Dialog!;
        _bench.ReceiveResponse(invite, 180, "a");
        Assert.Same(a, _bench.Take(SipEventKind.Response).Dialog);
        Assert.Same(b, client.Forks);
        Assert.Same(a, b.NextFork);
        Assert.Equal(2, _bench.Engine.Dialogs.Count);

        _bench.ReceiveResponse(invite, 486, "a");
        Assert.Equal(DialogState.Terminated, a.State);
        Assert.Equal(DialogState.Terminated, b.State);
        Assert.Equal(0, _bench.Engine.Dialogs.Count);
    }

    [Fact]
    public void The_2xx_confirms_its_fork_with_a_new_route_set_and_the_others_end_with_the_transaction()
    {
        // §13.2.2.4
        _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 180, "a", more: "Record-Route: <sip:old;lr>");
        var a = _bench.Take(SipEventKind.Response).Dialog!;
        _bench.ReceiveResponse(invite, 180, "b");
        var b = _bench.Take(SipEventKind.Response).Dialog!;
        _bench.ReceiveResponse(invite, 200, "a", more: "Record-Route: <sip:new;lr>");
        Assert.Same(a, _bench.Take(SipEventKind.Response).Dialog);
        Assert.Equal(DialogState.Confirmed, a.State);
        Assert.Equal(["<sip:new;lr>"], a.RouteSet.Select(r => Text(r)));
        Assert.Equal(DialogState.Early, b.State);

        _bench.GoTo(32_000);
        Assert.Equal(DialogState.Confirmed, a.State);
        Assert.Equal(DialogState.Terminated, b.State);
        Assert.Equal(1, _bench.Engine.Dialogs.Count);
    }

    [Fact]
    public void Early_dialogs_are_bounded()
    {
        var bench = new EngineBench(new SipEngineOptions { MaxForks = 2 });
        bench.Send("INVITE");
        var invite = bench.Last("INVITE");
        foreach (var tag in new[] { "a", "b", "c" })
            bench.ReceiveResponse(invite, 180, tag);
        Assert.Equal(2, bench.Engine.Dialogs.Count);
        Assert.Null(bench.Events.Last().Dialog);

        // A session that exists must be there to be ended, whatever the limit.
        bench.ReceiveResponse(invite, 200, "d");
        Assert.NotNull(bench.Events.Last().Dialog);
    }

    [Fact]
    public void A_hostile_callee_cannot_answer_without_end()
    {
        var bench = new EngineBench(new SipEngineOptions { MaxForks = 2 });
        bench.Send("INVITE");
        var invite = bench.Last("INVITE");
        for (var i = 0; i < 20; i++)
            bench.ReceiveResponse(invite, 200, "t" + i);

        Assert.Equal(8, bench.Engine.Dialogs.Count);
        Assert.Equal(8, bench.Events.Count);
        Assert.Equal(12, bench.Engine.Counters[EngineCounter.TableFull]);
    }

    [Fact]
    public void The_kept_ACK_of_a_2xx_holds_no_pooled_buffer()
    {
        var client = _bench.Send("INVITE");
        _bench.ReceiveResponse(_bench.Last("INVITE"), 200, "a");
        var dialog = _bench.Take(SipEventKind.Response).Dialog!;
        _bench.Engine.SendAck(dialog, client, dialog.Ack(client.CSeq), EngineBench.Udp);
        _bench.Drain();

        var kept = dialog.FindAck(client.CSeq, out _)!;
        Assert.Equal(kept.Length, kept.Array.Length);
        Assert.Equal(_bench.Last("ACK").Text, Text(kept.Span));
    }

    [Fact]
    public void A_request_inside_reaches_the_user_with_its_dialog()
    {
        var dialog = Answer();
        var flow = EngineBench.Udp with { Remote = EngineBench.Udp.Remote.WithPort(1024) };
        _bench.Receive(Inside("INFO", 3), flow);
        Assert.Same(dialog, _bench.Take(SipEventKind.Request).Dialog);
        Assert.Equal(3u, dialog.RemoteSeq);
        Assert.Equal(flow, dialog.Flow);
    }

    // Another host knows the tags and nothing more: neither the flow nor the CSeq moves until the user is sure of it.
    [Fact]
    public void A_request_from_another_host_reaches_the_user_and_moves_nothing_by_itself()
    {
        var dialog = Answer();
        var (before, number) = (dialog.Flow, dialog.RemoteSeq);
        var flow = EngineBench.Udp with { Remote = EngineBench.Address("203.0.113.5", 1024) };
        _bench.Receive(Inside("INFO", 30), flow);
        var request = _bench.Take(SipEventKind.Request).Message!;
        Assert.Equal((before, number), (dialog.Flow, dialog.RemoteSeq));
        Assert.False(dialog.Knows(flow));
        dialog.MoveTo(flow, request);
        Assert.Equal((flow, 30u), (dialog.Flow, dialog.RemoteSeq!.Value));
    }

    [Theory]
    [InlineData(3, 500)]
    [InlineData(4, 500)]
    [InlineData(5, 0)]
    [InlineData(50, 0)]
    public void A_CSeq_that_is_not_higher_gets_500(uint cseq, int status)
    {
        // §12.2.2
        Answer();
        _bench.Receive(Inside("INFO", 4));
        _bench.TakeRequest();
        _bench.Sent.Clear();
        _bench.Receive(Inside("INFO", cseq, "z9hG4bKother"));
        if (status == 0)
        {
            _bench.TakeRequest();
            return;
        }

        Assert.Equal(status, Assert.Single(_bench.Sent).Status);
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.OutOfOrderRequests]);
        _bench.AssertNoEvent();
    }

    [Theory]
    [InlineData("INVITE", 200, "sip:moved@203.0.113.5")]
    [InlineData("UPDATE", 200, "sip:moved@203.0.113.5")]
    [InlineData("INVITE", 488, "sip:bob@198.51.100.7:5060")]
    [InlineData("INFO", 200, "sip:bob@198.51.100.7:5060")]
    public void An_accepted_target_refresh_moves_the_target(string method, int status, string target)
    {
        // §12.2.2, RFC 3311 §5.2
        var dialog = Answer();
        var request = Inside(method, 1).Replace("Contact: <sip:bob@198.51.100.7:5060>\r\n", "");
        _bench.Receive(request.Replace("Content-Length", "Contact: <sip:moved@203.0.113.5>\r\nContent-Length"));
        _bench.Respond(_bench.TakeRequest(), status);
        Assert.Equal(target, Text(dialog.RemoteTarget));
    }

    [Fact]
    public void A_refused_re_invite_leaves_the_dialog_alone()
    {
        var dialog = Answer();
        _bench.Receive(Inside("INVITE", 1));
        _bench.Respond(_bench.TakeRequest(), 488);
        Assert.Equal(DialogState.Confirmed, dialog.State);
        Assert.Equal(1, _bench.Engine.Dialogs.Count);
    }

    [Fact]
    public void Our_re_invite_keeps_the_dialog_and_its_2xx_moves_the_target()
    {
        // §12.2.1.2
        var dialog = Answer();
        var client = _bench.Engine.SendRequest(dialog.Request(SipMethod.Invite).Header(HeaderName.Contact, "<sip:100@192.0.2.1>"), SipMethod.Invite, EngineBench.Udp, _bench.Now);
        _bench.Drain();
        var invite = _bench.Last("INVITE");
        Assert.Equal("11 INVITE", invite.Header("CSeq"));
        _bench.Receive(EngineBench.ResponseTo(invite, 200).Replace("sip:bob@198.51.100.7:5060", "sip:moved@203.0.113.5"));
        Assert.Same(dialog, _bench.Take(SipEventKind.Response).Dialog);
        Assert.Null(client.Forks);
        Assert.Equal("sip:moved@203.0.113.5", Text(dialog.RemoteTarget));
        Assert.Equal(1, _bench.Engine.Dialogs.Count);
    }

    [Fact]
    public void A_late_2xx_of_a_re_invite_opens_no_dialog()
    {
        var dialog = Answer();
        _bench.Engine.SendRequest(dialog.Request(SipMethod.Invite), SipMethod.Invite, EngineBench.Udp, _bench.Now);
        _bench.Drain();
        dialog.Terminate();
        _bench.ReceiveResponse(_bench.Last("INVITE"), 200);
        Assert.Null(_bench.Take(SipEventKind.Response).Dialog);
        Assert.Equal(0, _bench.Engine.Dialogs.Count);
    }

    [Fact]
    public void A_refused_invite_ends_the_dialog_of_its_provisional_response()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 180);
        Assert.Equal(1, _bench.Engine.Dialogs.Count);
        _bench.Respond(server, 486);
        Assert.Equal(0, _bench.Engine.Dialogs.Count);
    }

    [Fact]
    public void After_its_end_a_dialog_answers_481()
    {
        var dialog = Answer();
        dialog.Terminate();
        dialog.Terminate();
        Assert.Equal(0, _bench.Engine.Dialogs.Count);
        _bench.Receive(Inside("BYE", 1));
        Assert.Equal(481, _bench.Sent[^1].Status);
        _bench.AssertNoEvent();
    }

    [Fact]
    public void A_new_invite_finds_no_room_when_the_dialogs_are_used_up()
    {
        var bench = new EngineBench(new SipEngineOptions { MaxDialogs = 1 });
        bench.Receive(EngineBench.Request("INVITE"));
        bench.Respond(bench.TakeRequest(), 180);
        bench.Receive(EngineBench.Request("INVITE", branch: "z9hG4bKpeer2", callId: "call-2"));
        Assert.Equal(503, bench.Sent[^1].Status);
        bench.AssertNoEvent();
    }

    /// <summary>We call, the peer answers.</summary>
    private Dialog Answer(params string[] more)
    {
        _bench.Send("INVITE");
        _bench.ReceiveResponse(_bench.Last("INVITE"), 200, more: more);
        return _bench.Take(SipEventKind.Response).Dialog!;
    }

    /// <summary>A request of the peer inside the dialog of <see cref="Answer"/>.</summary>
    private static string Inside(string method, uint cseq, string branch = "z9hG4bKinside") =>
        EngineBench.Request(method, branch, cseq, toTag: "ours", fromTag: "peer", callId: "our-call");

    private static EngineBench.Packet Write(Dialog dialog, SipMethod method) =>
        new(0, default, Text(dialog.Request(method).Finish().Span), 0);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
