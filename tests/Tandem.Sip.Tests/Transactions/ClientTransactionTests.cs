using Tandem.Sip.Engine;
using Tandem.Sip.Tests.Engine;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Tests.Transactions;

/// <summary>RFC 3261 §17.1 and RFC 6026 §7.2: the instants of timers A, B, D, E, F, K and M, and what is sent when.</summary>
public class ClientTransactionTests
{
    private readonly EngineBench _bench = new();

    [Fact]
    public void Timer_A_doubles_and_timer_B_ends_the_invite_after_32_s()
    {
        var client = _bench.Send("INVITE");
        _bench.GoTo(31_999);
        Assert.Equal([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500], _bench.Times("INVITE"));
        Assert.Equal(TransactionState.Calling, client.State);
        _bench.AssertNoEvent();

        _bench.GoTo(32_000);
        Assert.Same(client, _bench.Take(SipEventKind.Timeout).Client);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void Timer_E_doubles_up_to_T2_and_timer_F_ends_the_request_after_32_s()
    {
        _bench.Send("OPTIONS");
        _bench.GoTo(31_999);
        Assert.Equal([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500], _bench.Times("OPTIONS"));
        _bench.AssertNoEvent();

        _bench.GoTo(32_000);
        _bench.Take(SipEventKind.Timeout);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void Timer_E_becomes_T2_after_a_provisional_response_and_F_runs_on()
    {
        _bench.Send("OPTIONS");
        _bench.GoTo(600);
        _bench.ReceiveResponse(_bench.Last("OPTIONS"), 100);
        _bench.Take(SipEventKind.Response);
        _bench.GoTo(31_999);

        // The timer that runs when the response comes fires at 1500; from then on the interval is T2.
        Assert.Equal([0, 500, 1_500, 5_500, 9_500, 13_500, 17_500, 21_500, 25_500, 29_500], _bench.Times("OPTIONS"));
        _bench.GoTo(32_000);
        _bench.Take(SipEventKind.Timeout);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    public void Nothing_is_repeated_on_a_reliable_transport(string method)
    {
        _bench.Send(method, EngineBench.Tcp);
        _bench.GoTo(31_999);
        Assert.Equal([0], _bench.Times(method));
        _bench.GoTo(32_000);
        _bench.Take(SipEventKind.Timeout);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void A_provisional_response_stops_A_and_B()
    {
        var client = _bench.Send("INVITE");
        _bench.GoTo(700);
        _bench.ReceiveResponse(_bench.Last("INVITE"), 180);
        Assert.Equal(180, _bench.Take(SipEventKind.Response).Message!.StatusCode);
        _bench.GoTo(200_000);
        Assert.Equal([0, 500], _bench.Times("INVITE"));
        Assert.Equal(TransactionState.Proceeding, client.State);
        _bench.AssertNoEvent();
    }

    [Theory]
    [InlineData(true, 302)]
    [InlineData(true, 486)]
    [InlineData(false, 503)]
    [InlineData(false, 603)]
    public void A_refusal_is_acknowledged_each_time_it_comes_until_timer_D(bool afterProvisional, int status)
    {
        _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        if (afterProvisional)
        {
            _bench.ReceiveResponse(invite, 180, "x");
            _bench.Take(SipEventKind.Response);
        }

        _bench.GoTo(100);
        _bench.ReceiveResponse(invite, status, "x");
        _bench.Take(SipEventKind.Response);
        _bench.GoTo(600);
        _bench.ReceiveResponse(invite, status, "x");
        _bench.GoTo(32_099);
        _bench.ReceiveResponse(invite, status, "x");
        Assert.Equal([100, 600, 32_099], _bench.Times("ACK"));
        _bench.AssertNoEvent();

        _bench.GoTo(32_100);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.ReceiveResponse(invite, status, "x");
        Assert.Equal(3, _bench.Times("ACK").Length);
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.StrayResponses]);
        _bench.AssertEmpty();
    }

    [Fact]
    public void The_ack_of_a_refusal_has_the_head_of_the_invite_and_the_To_of_the_response()
    {
        // RFC 3261 §17.1.1.3
        _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 404, "there");
        var ack = _bench.Last("ACK");
        Assert.Equal("ACK sip:bob@198.51.100.7 SIP/2.0", ack.FirstLine);
        Assert.Equal([invite.Header("Via")], ack.Headers("Via"));
        Assert.Equal("<sip:bob@example.com>;tag=there", ack.Header("To"));
        Assert.Equal(invite.Header("From"), ack.Header("From"));
        Assert.Equal("our-call", ack.Header("Call-ID"));
        Assert.Equal("10 ACK", ack.Header("CSeq"));
        Assert.Equal(invite.Target, ack.Target);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    public void On_a_reliable_transport_a_refused_transaction_ends_at_once(string method)
    {
        _bench.Send(method, EngineBench.Tcp);
        _bench.ReceiveResponse(_bench.Last(method), 404, flow: EngineBench.Tcp);
        _bench.Take(SipEventKind.Response);
        _bench.Take(SipEventKind.TransactionEnded);
        Assert.Equal(method == "INVITE" ? 1 : 0, _bench.Times("ACK").Length);
        _bench.AssertEmpty();
    }

    [Fact]
    public void Timer_K_swallows_repeated_final_responses_for_T4()
    {
        _bench.Send("OPTIONS");
        var options = _bench.Last("OPTIONS");
        _bench.GoTo(50);
        _bench.ReceiveResponse(options, 200);
        _bench.Take(SipEventKind.Response);
        _bench.GoTo(5_049);
        _bench.ReceiveResponse(options, 200);
        _bench.AssertNoEvent();
        _bench.GoTo(5_050);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void In_Accepted_each_fork_reaches_the_user_until_timer_M()
    {
        // RFC 6026 §7.2; one dialog for each tag, RFC 3261 §13.2.2.4
        var client = _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 200, "a");
        var first = _bench.Take(SipEventKind.Response).Dialog;
        _bench.GoTo(31_999);
        _bench.ReceiveResponse(invite, 200, "b");
        var second = _bench.Take(SipEventKind.Response).Dialog;
        Assert.NotSame(first, second);
        Assert.Equal(2, _bench.Engine.Dialogs.Count);
        Assert.Equal(TransactionState.Accepted, client.State);
        Assert.Empty(_bench.Times("ACK"));

        _bench.GoTo(32_000);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.ReceiveResponse(invite, 200, "c");
        _bench.AssertNoEvent();
        _bench.AssertEmpty();
    }

    [Fact]
    public void A_refusal_after_a_2xx_is_ignored()
    {
        _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 200, "a");
        _bench.Take(SipEventKind.Response);
        _bench.ReceiveResponse(invite, 486, "b");
        _bench.ReceiveResponse(invite, 180, "b");
        _bench.AssertNoEvent();
        Assert.Empty(_bench.Times("ACK"));
    }

    [Fact]
    public void A_2xx_that_comes_again_is_acknowledged_again_without_an_event()
    {
        // RFC 3261 §13.2.2.4
        var client = _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 200, "a");
        var dialog = _bench.Take(SipEventKind.Response).Dialog!;
        _bench.Engine.SendAck(dialog, client, dialog.Ack(client.CSeq), EngineBench.Udp);
        _bench.Drain();
        _bench.GoTo(500);
        _bench.ReceiveResponse(invite, 200, "a");
        _bench.AssertNoEvent();
        Assert.Equal([0, 500], _bench.Times("ACK"));
        Assert.Equal(_bench.Sent[^2].Text, _bench.Sent[^1].Text);
        Assert.NotEqual(invite.Header("Via"), _bench.Sent[^1].Header("Via"));
        Assert.Equal("10 ACK", _bench.Sent[^1].Header("CSeq"));
    }

    [Fact]
    public void A_2xx_that_comes_again_after_its_session_was_ended_opens_no_ghost()
    {
        var client = _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 200, "a");
        var dialog = _bench.Take(SipEventKind.Response).Dialog!;
        _bench.Engine.SendAck(dialog, client, dialog.Ack(client.CSeq), EngineBench.Udp);
        _bench.Drain();
        dialog.Terminate();
        _bench.ReceiveResponse(invite, 200, "a");
        _bench.AssertNoEvent();
        Assert.Equal(2, _bench.Times("ACK").Length);
        Assert.Equal(0, _bench.Engine.Dialogs.Count);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    public void A_transport_error_ends_the_request(string method)
    {
        _bench.Send(method);
        _bench.Engine.TransportFailed(_bench.Last(method).Tag, _bench.Now);
        _bench.Drain();
        _bench.Take(SipEventKind.TransportFailed);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void A_transport_error_of_the_ack_ends_the_invite()
    {
        _bench.Send("INVITE");
        _bench.ReceiveResponse(_bench.Last("INVITE"), 404);
        _bench.Take(SipEventKind.Response);
        _bench.Engine.TransportFailed(_bench.Last("ACK").Tag, _bench.Now);
        _bench.Drain();
        _bench.Take(SipEventKind.TransportFailed);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void A_full_table_fails_the_send_and_holds_nothing()
    {
        var bench = new EngineBench(new SipEngineOptions { MaxClientTransactions = 1 });
        bench.Send("OPTIONS");
        var second = bench.Send("OPTIONS");
        Assert.Equal(TransactionState.Terminated, second.State);
        Assert.Same(second, bench.Take(SipEventKind.TransportFailed).Client);
        Assert.Single(bench.Times("OPTIONS"));
        Assert.Equal(1, bench.Engine.ClientTransactions);
    }

    [Theory]
    [InlineData("z9hG4bKtd", "z9hG4bKtx")] // not our prefix
    [InlineData("192.0.2.1:5060", "192.0.2.9:5060")] // RFC 3261 §18.1.2: not our sent-by
    [InlineData("CSeq: 10 OPTIONS", "CSeq: 11 OPTIONS")]
    [InlineData("CSeq: 10 OPTIONS", "CSeq: 10 INVITE")] // §17.1.3: another method
    public void A_response_that_does_not_match_is_dropped_and_counted(string part, string changed)
    {
        _bench.Send("OPTIONS");
        _bench.Receive(EngineBench.ResponseTo(_bench.Last("OPTIONS"), 200).Replace(part, changed));
        _bench.AssertNoEvent();
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.StrayResponses]);
        Assert.Equal(1, _bench.Engine.ClientTransactions);
    }

    [Fact]
    public void A_response_with_two_Via_is_not_for_us()
    {
        // RFC 3261 §8.1.3.3
        _bench.Send("OPTIONS");
        _bench.Receive(EngineBench.ResponseTo(_bench.Last("OPTIONS"), 200, "x", "Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKx"));
        _bench.AssertNoEvent();
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.MisroutedResponses]);
    }
}
