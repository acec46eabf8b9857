using Tandem.Sip.Engine;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Tests.Engine;

/// <summary>RFC 3261 §9: CANCEL from both sides, and its crossing with a final response.</summary>
public class CancelTests
{
    private readonly EngineBench _bench = new();

    [Fact]
    public void The_cancel_waits_for_a_provisional_response()
    {
        var client = _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        Assert.True(_bench.Engine.Cancel(client, _bench.Now));
        _bench.GoTo(700);
        Assert.Empty(_bench.Times("CANCEL"));
        _bench.ReceiveResponse(invite, 100, "");
        Assert.Equal([700], _bench.Times("CANCEL"));
    }

    [Fact]
    public void The_cancel_is_built_from_the_invite()
    {
        // §9.1
        var client = _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 180);
        Assert.True(_bench.Engine.Cancel(client, _bench.Now));
        _bench.Drain();
        var cancel = _bench.Last("CANCEL");
        Assert.Equal("CANCEL sip:bob@198.51.100.7 SIP/2.0", cancel.FirstLine);
        Assert.Equal([invite.Header("Via")], cancel.Headers("Via"));
        Assert.Equal(invite.Header("To"), cancel.Header("To"));
        Assert.Equal(invite.Header("From"), cancel.Header("From"));
        Assert.Equal(invite.Header("Call-ID"), cancel.Header("Call-ID"));
        Assert.Equal("10 CANCEL", cancel.Header("CSeq"));
        Assert.Equal(invite.Target, cancel.Target);
    }

    [Fact]
    public void A_cancelled_invite_ends_with_487_and_the_cancel_with_its_200()
    {
        var client = _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 180);
        _bench.Take(SipEventKind.Response);
        _bench.Engine.Cancel(client, _bench.Now);
        _bench.Drain();
        _bench.ReceiveResponse(_bench.Last("CANCEL"), 200);
        _bench.AssertNoEvent();
        _bench.ReceiveResponse(invite, 487);
        Assert.Equal(487, _bench.Take(SipEventKind.Response).Message!.StatusCode);
        _bench.GoTo(40_000);
        _bench.Take(SipEventKind.TransactionEnded);
        Assert.Equal([0], _bench.Times("CANCEL"));
        Assert.Equal(0, _bench.Engine.Dialogs.Count);
        _bench.AssertEmpty();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(486)]
    public void After_a_final_response_there_is_nothing_to_cancel(int status)
    {
        var client = _bench.Send("INVITE");
        _bench.ReceiveResponse(_bench.Last("INVITE"), status);
        Assert.False(_bench.Engine.Cancel(client, _bench.Now));
        _bench.Drain();
        Assert.Empty(_bench.Times("CANCEL"));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(486)]
    public void A_final_response_before_the_provisional_one_makes_the_cancel_unnecessary(int status)
    {
        var client = _bench.Send("INVITE");
        _bench.Engine.Cancel(client, _bench.Now);
        _bench.ReceiveResponse(_bench.Last("INVITE"), status);
        _bench.Take(SipEventKind.Response);
        _bench.GoTo(31_000);
        Assert.Empty(_bench.Times("CANCEL"));
    }

    [Fact]
    public void A_200_that_crosses_the_cancel_reaches_the_user()
    {
        var client = _bench.Send("INVITE");
        var invite = _bench.Last("INVITE");
        _bench.ReceiveResponse(invite, 180);
        _bench.Take(SipEventKind.Response);
        _bench.Engine.Cancel(client, _bench.Now);
        _bench.Drain();
        _bench.ReceiveResponse(invite, 200);
        var answered = _bench.Take(SipEventKind.Response);
        Assert.Equal(200, answered.Message!.StatusCode);
        Assert.NotNull(answered.Dialog);
        Assert.True(client.IsCancelled);
        _bench.ReceiveResponse(_bench.Last("CANCEL"), 481);
        _bench.AssertNoEvent();
    }

    [Fact]
    public void An_invite_that_ignores_its_cancel_is_given_up_after_32_s()
    {
        // §9.1, last paragraph
        var client = _bench.Send("INVITE");
        _bench.ReceiveResponse(_bench.Last("INVITE"), 180);
        _bench.Take(SipEventKind.Response);
        _bench.GoTo(10_000);
        _bench.Engine.Cancel(client, _bench.Now);
        _bench.Drain();
        _bench.GoTo(41_999);
        _bench.AssertNoEvent();
        _bench.GoTo(42_000);
        Assert.Same(client, _bench.Take(SipEventKind.Timeout).Client);
        _bench.Take(SipEventKind.TransactionEnded);
        Assert.Equal(0, _bench.Engine.Dialogs.Count);
        _bench.AssertEmpty();
    }

    [Fact]
    public void Only_the_first_cancel_counts()
    {
        var client = _bench.Send("INVITE");
        _bench.ReceiveResponse(_bench.Last("INVITE"), 180);
        Assert.True(_bench.Engine.Cancel(client, _bench.Now));
        Assert.False(_bench.Engine.Cancel(client, _bench.Now));
        _bench.Drain();
        Assert.Single(_bench.Times("CANCEL"));
    }

    [Fact]
    public void A_received_cancel_is_answered_and_told_once()
    {
        // §9.2
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 180);
        _bench.Receive(EngineBench.Request("CANCEL"));
        _bench.Receive(EngineBench.Request("CANCEL"));
        Assert.Equal([180, 200, 200], _bench.Sent.Select(p => p.Status));
        Assert.Equal("1 CANCEL", _bench.Sent[1].Header("CSeq"));
        Assert.Equal(_bench.Sent[0].ToTag, _bench.Sent[1].ToTag);
        Assert.Same(server, _bench.Take(SipEventKind.Cancelled).Server);
        _bench.AssertNoEvent();

        Assert.True(_bench.Respond(server, 487));
        Assert.Equal(_bench.Sent[0].ToTag, _bench.Last("SIP/2.0 487").ToTag);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(486)]
    public void A_cancel_after_the_final_response_is_answered_and_has_no_effect(int status)
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, status);
        _bench.Receive(EngineBench.Request("CANCEL"));
        Assert.Equal(200, _bench.Sent[^1].Status);
        Assert.Equal(_bench.Sent[0].ToTag, _bench.Sent[1].ToTag);
        _bench.AssertNoEvent();
        Assert.False(server.IsCancelled);
    }

    [Fact]
    public void A_cancel_of_another_method_is_answered_and_has_no_effect()
    {
        _bench.Receive(EngineBench.Request("OPTIONS"));
        var server = _bench.TakeRequest();
        _bench.Receive(EngineBench.Request("CANCEL"));
        Assert.Equal(200, Assert.Single(_bench.Sent).Status);
        _bench.AssertNoEvent();
        Assert.Equal(TransactionState.Trying, server.State);
    }

    [Fact]
    public void A_cancel_of_nothing_gets_481()
    {
        _bench.Receive(EngineBench.Request("CANCEL"));
        Assert.Equal(481, Assert.Single(_bench.Sent).Status);
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.StrayRequests]);
        _bench.AssertEmpty();
    }
}
