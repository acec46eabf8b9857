using System.Text;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Tests.Engine;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Tests.Dialogs;

/// <summary>RFC 3262: reliable provisional responses of the UAS (§3) and of the UAC (§4).</summary>
public class ReliableProvisionalTests
{
    private readonly EngineBench _bench = new();

    [Fact]
    public void It_is_repeated_with_doubling_intervals_and_given_up_after_32_s()
    {
        var server = Ring();
        Assert.Equal("100rel", _bench.Sent[0].Header("Require"));
        Assert.InRange(long.Parse(_bench.Sent[0].Header("RSeq")), 1, int.MaxValue);
        _bench.GoTo(31_999);
        Assert.Equal([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500], _bench.Times("SIP/2.0 183"));
        Assert.Single(_bench.Sent.Select(p => p.Text).Distinct());
        _bench.GoTo(32_000);
        Assert.Same(server, _bench.Take(SipEventKind.Timeout).Server);
        Assert.Equal(TransactionState.Proceeding, server.State);
        Assert.True(_bench.Respond(server, 504));
    }

    [Fact]
    public void The_prack_stops_it_and_reaches_the_user()
    {
        var server = Ring();
        _bench.GoTo(600);
        _bench.Receive(Prack(_bench.Sent[0], 2));
        var e = _bench.Take(SipEventKind.Request);
        Assert.Equal(SipMethod.Prack, e.Message!.Method);
        Assert.Same(server.Dialog, e.Dialog);
        _bench.Respond(e.Server!, 200);
        _bench.GoTo(20_000);
        Assert.Equal([0, 500], _bench.Times("SIP/2.0 183"));
    }

    [Theory]
    [InlineData("RSeq")]
    [InlineData("CSeq")]
    [InlineData("Method")]
    [InlineData("Missing")]
    public void A_prack_that_does_not_match_gets_481(string wrong)
    {
        Ring();
        var rseq = long.Parse(_bench.Sent[0].Header("RSeq"));
        var rack = wrong switch
        {
            "RSeq" => $"RAck: {rseq + 1} 1 INVITE",
            "CSeq" => $"RAck: {rseq} 2 INVITE",
            "Method" => $"RAck: {rseq} 1 OPTIONS",
            _ => "Subject: none",
        };
        _bench.Receive(EngineBench.Request("PRACK", "z9hG4bKprack", 2, toTag: _bench.Sent[0].ToTag, more: rack));
        Assert.Equal(481, _bench.Sent[^1].Status);
        _bench.AssertNoEvent();
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.StrayPracks]);
        _bench.GoTo(500);
        Assert.Equal([0, 500], _bench.Times("SIP/2.0 183"));
    }

    [Fact]
    public void A_second_prack_gets_481()
    {
        Ring();
        _bench.Receive(Prack(_bench.Sent[0], 2));
        _bench.TakeRequest();
        _bench.Receive(Prack(_bench.Sent[0], 3, "z9hG4bKprack2"));
        Assert.Equal(481, _bench.Sent[^1].Status);
    }

    [Fact]
    public void The_next_one_waits_for_the_prack_and_has_the_next_number()
    {
        var server = Ring();
        Assert.True(_bench.Engine.RespondReliably(server, server.Reply(180), default, default, _bench.Now));
        _bench.Drain();
        Assert.Single(_bench.Sent);
        _bench.GoTo(100);
        _bench.Receive(Prack(_bench.Sent[0], 2));
        _bench.TakeRequest();
        var second = _bench.Last("SIP/2.0 180");
        Assert.Equal(100, second.At);
        Assert.Equal(long.Parse(_bench.Sent[0].Header("RSeq")) + 1, long.Parse(second.Header("RSeq")));
        _bench.Receive(Prack(second, 3, "z9hG4bKprack2"));
        _bench.TakeRequest();
        _bench.GoTo(10_000);
        Assert.Single(_bench.Times("SIP/2.0 180"));
    }

    [Fact]
    public void What_waits_is_bounded()
    {
        var bench = new EngineBench(new SipEngineOptions { MaxWaitingReliable = 1 });
        bench.Receive(EngineBench.Request("INVITE", more: "Supported: 100rel"));
        var server = bench.TakeRequest();
        Assert.True(bench.Engine.RespondReliably(server, server.Reply(180), default, default, bench.Now));
        Assert.True(bench.Engine.RespondReliably(server, server.Reply(180), default, default, bench.Now));
        Assert.False(bench.Engine.RespondReliably(server, server.Reply(180), default, default, bench.Now));
    }

    [Fact]
    public void The_final_response_stops_it_but_its_prack_is_still_welcome()
    {
        // §3, last paragraph
        var server = Ring();
        _bench.Respond(server, 200);
        _bench.GoTo(5_000);
        Assert.Single(_bench.Times("SIP/2.0 183"));
        _bench.Receive(Prack(_bench.Sent[0], 2));
        Assert.Equal(SipMethod.Prack, _bench.TakeRequest().Method);
        Assert.False(_bench.Engine.RespondReliably(server, Tandem.Sip.Writing.SipWriter.Response(180), default, default, _bench.Now));
    }

    [Fact]
    public void A_caller_acknowledges_in_order_and_ignores_the_rest()
    {
        // §4
        _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 183, more: ["Require: 100rel", "RSeq: 100"]);
        var first = _bench.Take(SipEventKind.Response);
        var dialog = first.Dialog!;
        Assert.True(dialog.TryAcceptReliable(first.Message!));
        var prack = new EngineBench.Packet(0, default, Encoding.ASCII.GetString(dialog.Prack(first.Message!).Finish().Span), 0);
        Assert.Equal("100 10 INVITE", prack.Header("RAck"));
        Assert.Equal("11 PRACK", prack.Header("CSeq"));

        Assert.False(dialog.TryAcceptReliable(first.Message!));
        Assert.False(dialog.TryAcceptReliable(Reliable(102)));
        Assert.True(dialog.TryAcceptReliable(Reliable(101)));
        Assert.True(dialog.TryAcceptReliable(Reliable(102)));

        SipMessage Reliable(int rseq)
        {
            SipTest.Parse(EngineBench.ResponseTo(invite, 180, "peer", "Require: 100rel", $"RSeq: {rseq}"), out var message);
            return message!;
        }
    }

    private ServerTransaction Ring()
    {
        _bench.Receive(EngineBench.Request("INVITE", more: "Supported: 100rel"));
        var server = _bench.TakeRequest();
        Assert.True(_bench.Engine.RespondReliably(server, server.Reply(183), "application/sdp"u8, "v=0\r\n"u8, _bench.Now));
        _bench.Drain();
        return server;
    }

    private static string Prack(EngineBench.Packet response, uint cseq, string branch = "z9hG4bKprack") =>
        EngineBench.Request("PRACK", branch, cseq, toTag: response.ToTag, more: $"RAck: {response.Header("RSeq")} {response.Header("CSeq")}");
}
