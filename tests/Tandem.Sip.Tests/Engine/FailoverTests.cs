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
public sealed class FailoverTests : FailoverBench
{
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
        Assert.Equal(["200"], Events);
        Assert.Equal((1, 200), (client.Failovers, client.LastStatus));
        Assert.Equal(1, Engine.Counters[EngineCounter.Failovers]);

        // The dead one rests.
        Assert.Equal(1, Engine.Locator.Resting);
        Ends();
    }

    [Fact]
    public void The_last_target_has_the_whole_time_and_its_silence_is_the_users()
    {
        Send(SipMethod.Invite, 3);
        Wait(7.9);
        Assert.Empty(Events);
        Wait(0.2 + 31.7);
        Assert.Empty(Events);
        Wait(0.3);
        Assert.Equal("Timeout", Events[0]);
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
        Assert.Equal(["486"], Events);

        // Retry-After: it rests for so long.
        Assert.Equal(1, Engine.Locator.Resting);
        Ends();
    }

    [Fact]
    public void A_503_of_the_last_target_is_the_users_and_one_without_retry_after_is_about_this_request_only()
    {
        Send(SipMethod.Options, 2);
        Answer(Take().Text, 503);
        Answer(Take().Text, 503);

        Assert.Equal(["503"], Events);
        Assert.Equal(0, Engine.Locator.Resting);
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

        Assert.Equal([$"{status}"], Events);
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
        Assert.Empty(Events);
        Fail(second);
        Assert.Equal(["TransportFailed", "TransactionEnded"], Events);
        Assert.Equal(2, Engine.Locator.Resting);
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

        Assert.Equal([$"{provisional}", .. moves ? [] : new[] { "503" }], Events);
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
        Assert.Equal(["100"], Events);
        Wait(2);
        Assert.Equal(method == SipMethod.Options ? ["100", "Timeout", "TransactionEnded"] : ["100"], Events);
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
        Assert.Empty(Events);

        Answer(second.Text, 200);
        Assert.Equal(["200"], Events);
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
        var winner = LastDialog;
        Answer(first.Text, 200);

        Assert.Equal(["200", "200"], Events);
        Assert.NotSame(winner, LastDialog);
        Assert.Equal(2, Engine.Dialogs.Count);

        // The user ends it as it ends any other: ACK and BYE. A repeated 2xx is acknowledged inside.
        Engine.SendAck(LastDialog!, client, LastDialog!.Ack(client.CSeq), LastDialog.Flow);
        TakeAll();
        Answer(first.Text, 200, tag: "x2");
        Assert.StartsWith("ACK ", Take().Text);
        Assert.Equal(2, Events.Count);
        LastDialog.Terminate();
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
        Assert.Equal(["TransportFailed"], Events);
        Wait(30);
        Assert.Equal(["TransportFailed"], Events);
        Assert.Equal(1, Engine.ClientTransactions);

        // Up to the end of the first attempt its target may still answer.
        Answer(first.Text, 200);
        Assert.Equal(["TransportFailed", "200"], Events);
        LastDialog!.Terminate();
        Ends();
        Assert.Equal("TransactionEnded", Events[^1]);
    }

    [Fact]
    public void A_cancelled_invite_goes_nowhere_else()
    {
        var client = Send(SipMethod.Invite, 2);
        var first = Take();
        Assert.True(Engine.Cancel(client, Now));
        Wait(5);
        Assert.All(TakeAll(), p => Assert.Equal("192.0.2.1", p.To));
        Answer(first.Text, 100);
        Assert.StartsWith("CANCEL ", Take().Text);
        Answer(first.Text, 503);
        Assert.Equal(["100", "503"], Events);
        Ends();
    }

    [Fact]
    public void The_cancel_of_a_moved_invite_goes_where_it_is_now()
    {
        var client = Send(SipMethod.Invite, 2);
        Fail(Take());
        var second = Take();
        Answer(second.Text, 180);
        Engine.Cancel(client, Now);
        Settle();
        var cancel = Take();
        Assert.Equal(("192.0.2.2", Line(second.Text, "Via:")), (cancel.To, Line(cancel.Text, "Via:")));
        Answer(second.Text, 487);
        Assert.Equal(["180", "487"], Events);
        Ends();
    }

    [Fact]
    public void Without_any_target_the_request_fails_as_if_the_transport_had()
    {
        Engine.SendRequest(Request(SipMethod.Invite), SipMethod.Invite, SipTargetList.Nowhere(LocateFailure.NotFound), Now);
        Settle();
        Assert.Equal(["TransportFailed"], Events);
        Ends();
    }

    [Fact]
    public void A_large_request_goes_to_tcp_at_each_target_and_falls_back_before_it_moves_on()
    {
        var targets = SipTargetList.Of([Flow("192.0.2.1"), Flow("192.0.2.2")]);
        Engine.SendRequest(Request(SipMethod.Invite).Header(HeaderName.Subject, new string('x', 1_400)), SipMethod.Invite, targets, Now);
        Settle();
        var tries = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var packet = Take();
            tries.Add($"{packet.Packet.Target.Transport} {packet.To}");
            Fail(packet);
        }

        Assert.Equal(["Tcp 192.0.2.1", "Udp 192.0.2.1", "Tcp 192.0.2.2", "Udp 192.0.2.2"], tries);
        Assert.Equal("TransportFailed", Events[0]);
        Ends();
    }
}
