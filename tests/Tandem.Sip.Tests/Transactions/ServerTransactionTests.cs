using Tandem.Sip.Engine;
using Tandem.Sip.Tests.Engine;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Tests.Transactions;

/// <summary>RFC 3261 §17.2 and RFC 6026 §7.1: the instants of timers G, H, I, J and L, and what is sent when.</summary>
public class ServerTransactionTests
{
    private readonly EngineBench _bench = new();

    [Fact]
    public void An_invite_gets_100_after_200_ms_if_the_user_is_silent()
    {
        _bench.Receive(EngineBench.Request("INVITE", more: "Timestamp: 54"));
        _bench.TakeRequest();
        _bench.GoTo(199);
        Assert.Empty(_bench.Sent);
        _bench.GoTo(200);
        Assert.Equal("SIP/2.0 100 Trying", Assert.Single(_bench.Sent).FirstLine);
        Assert.Equal("54", _bench.Sent[0].Header("Timestamp"));
        _bench.GoTo(100_000);
        Assert.Single(_bench.Sent);
    }

    [Fact]
    public void A_response_in_time_makes_100_unnecessary()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.GoTo(100);
        _bench.Respond(server, 180);
        _bench.GoTo(10_000);
        Assert.Equal([100], _bench.Times("SIP/2.0"));
    }

    [Fact]
    public void A_repeated_invite_gets_the_last_provisional_response()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Receive(EngineBench.Request("INVITE"));
        Assert.Empty(_bench.Sent);
        _bench.Respond(server, 100);
        _bench.Respond(server, 180);
        _bench.Receive(EngineBench.Request("INVITE"));
        Assert.Equal([100, 180, 180], _bench.Sent.Select(p => p.Status));
        _bench.AssertNoEvent();
        Assert.Equal(2, _bench.Engine.Counters[EngineCounter.RequestsRepeated]);
    }

    [Fact]
    public void Timer_G_repeats_a_refusal_up_to_T2_and_H_gives_up_after_32_s()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 486);
        _bench.GoTo(31_999);
        Assert.Equal([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500], _bench.Times("SIP/2.0 486"));
        _bench.GoTo(32_000);
        Assert.Same(server, _bench.Take(SipEventKind.Timeout).Server);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void On_a_reliable_transport_a_refusal_is_sent_once_and_waits_for_its_ack()
    {
        _bench.Receive(EngineBench.Request("INVITE", via: "SIP/2.0/TCP 198.51.100.7:5060"), EngineBench.Tcp);
        _bench.Respond(_bench.TakeRequest(), 486);
        _bench.GoTo(20_000);
        Assert.Single(_bench.Sent);
        _bench.Receive(EngineBench.Request("ACK", via: "SIP/2.0/TCP 198.51.100.7:5060", toTag: _bench.Sent[0].ToTag), EngineBench.Tcp);

        // Timer I is zero on reliable transports.
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void The_ack_of_a_refusal_stops_G_and_timer_I_swallows_more_of_them()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 486);
        _bench.GoTo(600);
        var ack = EngineBench.Request("ACK", toTag: _bench.Sent[0].ToTag);
        _bench.Receive(ack);
        Assert.Equal(TransactionState.Confirmed, server.State);
        _bench.GoTo(5_599);
        _bench.Receive(ack);
        Assert.Equal(TransactionState.Confirmed, server.State);
        Assert.Equal([0, 500], _bench.Times("SIP/2.0 486"));
        _bench.AssertNoEvent();

        _bench.GoTo(5_600);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.Receive(ack);
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.StrayAcks]);
        _bench.AssertEmpty();
    }

    [Fact]
    public void A_repeated_invite_in_Completed_gets_the_refusal_again()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        _bench.Respond(_bench.TakeRequest(), 486);
        _bench.GoTo(10);
        _bench.Receive(EngineBench.Request("INVITE"));
        Assert.Equal([0, 10], _bench.Times("SIP/2.0 486"));
        _bench.AssertNoEvent();
    }

    [Fact]
    public void A_repeated_invite_in_Accepted_is_absorbed_until_timer_L()
    {
        // RFC 6026 §7.1
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 200);
        _bench.Receive(EngineBench.Request("ACK", branch: "z9hG4bKack", toTag: _bench.Sent[0].ToTag));
        _bench.Take(SipEventKind.Ack2xx);
        _bench.GoTo(31_999);
        _bench.Receive(EngineBench.Request("INVITE"));
        Assert.Single(_bench.Sent);
        Assert.Equal(TransactionState.Accepted, server.State);
        _bench.GoTo(32_000);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void Timer_J_answers_repeated_requests_for_32_s()
    {
        _bench.Receive(EngineBench.Request("OPTIONS"));
        var server = _bench.TakeRequest();
        _bench.Receive(EngineBench.Request("OPTIONS"));
        Assert.Empty(_bench.Sent);
        _bench.GoTo(1_000);
        _bench.Respond(server, 200);
        _bench.GoTo(32_999);
        _bench.Receive(EngineBench.Request("OPTIONS"));
        Assert.Equal([1_000, 32_999], _bench.Times("SIP/2.0 200"));
        Assert.Equal(_bench.Sent[0].Text, _bench.Sent[1].Text);
        _bench.AssertNoEvent();
        _bench.GoTo(33_000);
        _bench.AssertEmpty();
    }

    [Fact]
    public void On_a_reliable_transport_a_non_invite_ends_with_its_answer()
    {
        _bench.Receive(EngineBench.Request("OPTIONS", via: "SIP/2.0/TCP 198.51.100.7"), EngineBench.Tcp);
        _bench.Respond(_bench.TakeRequest(), 200);
        _bench.AssertEmpty();
    }

    [Fact]
    public void A_provisional_response_is_repeated_for_a_repeated_request()
    {
        _bench.Receive(EngineBench.Request("OPTIONS"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 100);
        _bench.Receive(EngineBench.Request("OPTIONS"));
        Assert.Equal([100, 100], _bench.Sent.Select(p => p.Status));
    }

    [Fact]
    public void A_second_final_response_is_dropped()
    {
        _bench.Receive(EngineBench.Request("OPTIONS"));
        var server = _bench.TakeRequest();
        Assert.True(_bench.Respond(server, 200));
        Assert.False(_bench.Respond(server, 404));
        Assert.Single(_bench.Sent);
        Assert.Equal(200, server.LastStatus);
    }

    [Fact]
    public void A_request_that_nobody_answers_ends_when_its_client_has_given_up()
    {
        // RFC 4320 §4.2
        _bench.Receive(EngineBench.Request("OPTIONS"));
        var server = _bench.TakeRequest();
        _bench.GoTo(31_999);
        _bench.AssertNoEvent();
        _bench.GoTo(32_000);
        Assert.Same(server, _bench.Take(SipEventKind.Timeout).Server);
        Assert.False(_bench.Respond(server, 200));
        Assert.Empty(_bench.Sent);
        _bench.AssertEmpty();
    }

    [Theory]
    [InlineData(180, TransactionState.Proceeding)]
    [InlineData(200, TransactionState.Accepted)]
    [InlineData(486, TransactionState.Completed)]
    public void A_transport_error_leaves_an_invite_where_it_is(int status, TransactionState state)
    {
        // RFC 6026 §7.1
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, status);
        _bench.Engine.TransportFailed(_bench.Sent[0].Tag, _bench.Now);
        _bench.Drain();
        Assert.Same(server, _bench.Take(SipEventKind.TransportFailed).Server);
        Assert.Equal(state, server.State);
    }

    [Fact]
    public void A_transport_error_ends_a_non_invite()
    {
        _bench.Receive(EngineBench.Request("OPTIONS"));
        _bench.Respond(_bench.TakeRequest(), 200);
        _bench.Engine.TransportFailed(_bench.Sent[0].Tag, _bench.Now);
        _bench.Drain();
        _bench.Take(SipEventKind.TransportFailed);
        _bench.AssertEmpty();
    }

    [Fact]
    public void A_lost_connection_is_opened_anew_to_the_sent_by_port_once()
    {
        // RFC 3261 §18.2.2
        var flow = new SipFlow(SipTransportKind.Tcp, EngineBench.Us, EngineBench.Address("198.51.100.7", 49152), 7);
        _bench.Receive(EngineBench.Request("INVITE", via: "SIP/2.0/TCP phone.example.com:5070"), flow);
        _bench.Respond(_bench.TakeRequest(), 486);
        Assert.Equal(flow, _bench.Sent[0].Target);
        _bench.Engine.TransportFailed(_bench.Sent[0].Tag, _bench.Now);
        _bench.Drain();
        Assert.Equal(flow with { Remote = EngineBench.Address("198.51.100.7", 5070), Connection = 0 }, _bench.Sent[1].Target);
        _bench.AssertNoEvent();
        _bench.Engine.TransportFailed(_bench.Sent[1].Tag, _bench.Now);
        _bench.Drain();
        _bench.Take(SipEventKind.TransportFailed);
    }

    [Theory]
    [InlineData("z9hG4bKpeer1", "z9hG4bKpeer2")] // RFC 3261 §17.2.3 item 1
    [InlineData("198.51.100.7:5060;", "198.51.100.8:5060;")] // item 2
    [InlineData("198.51.100.7:5060;", "198.51.100.7:5061;")]
    public void A_request_matches_by_branch_and_sent_by(string part, string changed)
    {
        _bench.Receive(EngineBench.Request("OPTIONS"));
        _bench.TakeRequest();
        _bench.Receive(EngineBench.Request("OPTIONS").Replace(part, changed).Replace("call-1", "call-2"));
        _bench.TakeRequest();
        Assert.Equal(2, _bench.Engine.ServerTransactions);
    }

    [Fact]
    public void Requests_without_the_magic_cookie_match_as_in_RFC_2543()
    {
        // RFC 3261 §17.2.3
        var invite = EngineBench.Request("INVITE", branch: "1");
        _bench.Receive(invite);
        var server = _bench.TakeRequest();
        _bench.Receive(invite);
        _bench.AssertNoEvent();
        _bench.Respond(server, 486);
        _bench.Receive(EngineBench.Request("ACK", branch: "1", toTag: _bench.Sent[0].ToTag));
        Assert.Equal(TransactionState.Confirmed, server.State);

        _bench.Receive(EngineBench.Request("INVITE", branch: "1", cseq: 2));
        _bench.TakeRequest();
    }

    [Fact]
    public void The_ack_of_a_2xx_without_the_magic_cookie_reaches_the_user()
    {
        // RFC 6026 §6, last paragraph
        _bench.Receive(EngineBench.Request("INVITE", branch: "1"));
        _bench.Respond(_bench.TakeRequest(), 200);
        _bench.Receive(EngineBench.Request("ACK", branch: "1", toTag: _bench.Sent[0].ToTag));
        _bench.Take(SipEventKind.Ack2xx);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("REGISTER")]
    public void A_challenge_without_state_leaves_nothing_behind(string method)
    {
        // RFC 3261 §8.2.7
        for (var i = 0; i < 2; i++)
        {
            _bench.Receive(EngineBench.Request(method));
            var server = _bench.TakeRequest();
            _bench.Engine.RespondWithoutState(server, server.Reply(401));
            _bench.Drain();
            Assert.False(_bench.Respond(server, 200));
            _bench.AssertEmpty();
        }

        Assert.Equal([401, 401], _bench.Sent.Select(p => p.Status));
        _bench.Receive(EngineBench.Request("ACK", toTag: _bench.Sent[0].ToTag));
        _bench.AssertNoEvent();
    }

    [Fact]
    public void An_answer_to_OPTIONS_without_state_leaves_nothing_behind()
    {
        // RFC 3261 §8.2.7, §11.2
        _bench.Receive(EngineBench.Request("OPTIONS"));
        var server = _bench.TakeRequest();
        _bench.Engine.RespondWithoutState(server, server.Reply(200));
        _bench.Drain();
        Assert.Equal([200], _bench.Sent.Select(p => p.Status));
        _bench.AssertEmpty();
    }

    [Theory]
    [InlineData("INVITE", 200)]
    [InlineData("INVITE", 180)]
    [InlineData("OPTIONS", 100)]
    public void What_needs_its_transaction_is_not_sent_without(string method, int status)
    {
        _bench.Receive(EngineBench.Request(method));
        var server = _bench.TakeRequest();
        Assert.Throws<ArgumentException>(() => _bench.Engine.RespondWithoutState(server, server.Reply(status)));
    }

    [Theory]
    [InlineData("INFO", false)]
    [InlineData("INVITE", true)]
    public void An_answered_request_other_than_INVITE_keeps_no_call_alive(string method, bool kept)
    {
        _bench.Receive(EngineBench.Request(method));
        var server = _bench.TakeRequest();
        server.Owner = this;
        _bench.Respond(server, 200);
        Assert.Equal(1, _bench.Engine.ServerTransactions);
        Assert.Equal(kept, server.Owner is not null);
        Assert.Equal(kept, server.Dialog is not null);
    }

    [Fact]
    public void A_thousand_transactions_come_and_go()
    {
        for (var i = 0; i < 1_000; i++)
            _bench.Receive(EngineBench.Request("OPTIONS", branch: $"z9hG4bK{i}", callId: $"c{i}"));
        Assert.Equal(1_000, _bench.Engine.ServerTransactions);
        for (var i = 0; i < 1_000; i++)
            _bench.Receive(EngineBench.Request("OPTIONS", branch: $"z9hG4bK{i}", callId: $"c{i}"));
        Assert.Equal(1_000, _bench.Engine.Counters[EngineCounter.RequestsRepeated]);
        while (_bench.Events.TryDequeue(out var e))
            _bench.Respond(e.Server!, 200);
        _bench.GoTo(32_000);
        _bench.AssertEmpty();
    }
}
