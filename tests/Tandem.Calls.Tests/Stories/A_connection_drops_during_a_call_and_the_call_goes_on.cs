using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A dialog is no connection (RFC 3261 §12, §18): when TCP drops, it goes on over the next one.</summary>
public class A_connection_drops_during_a_call_and_the_call_goes_on
{
    private readonly ExchangeRig _rig;
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _bob;
    private readonly PhoneDialog _a;
    private readonly PhoneDialog _b;

    public A_connection_drops_during_a_call_and_the_call_goes_on()
    {
        _rig = new ExchangeRig();
        _ada = _rig.Phone("100", registered: false);
        _bob = _rig.Phone("101", registered: false);
        _ada.Connect();
        _ada.Register(regId: 1, instance: "ada");
        _bob.Connect();
        _bob.Register(regId: 1, instance: "bob");
        _a = _ada.Dial("101");
        _a.Invite(Sdp.Audio(port: 30_000));
        var invite = _bob.Expect("INVITE");
        _b = _bob.Take(invite);
        _b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        _bob.Expect("ACK");
        _a.Ack(_ada.Expect("200 INVITE"));
        _rig.Run(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_phone_comes_back_and_its_next_request_moves_the_dialog(bool caller)
    {
        var (phone, dialog, other, otherDialog) = caller ? (_ada, _a, _bob, _b) : (_bob, _b, _ada, _a);
        phone.LoseConnection();
        _rig.Run(3);
        Assert.Equal(CallState.Established, Assert.Single(_rig.Calls).State);

        phone.Connect();
        dialog.Invite(Sdp.Audio(port: 31_000, direction: "sendonly", version: 2));
        var hold = other.Expect("INVITE");
        otherDialog.Reply(hold, 200, Sdp.Audio(port: 40_000, direction: "recvonly", version: 2));
        other.Expect("ACK");
        dialog.Ack(phone.Expect("200 INVITE"));

        // Ours go over the new connection from now on.
        otherDialog.Send("BYE");
        other.Expect("200 BYE");
        dialog.Reply(phone.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    // Our own request in between finds the phone by its registration.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_request_of_ours_finds_the_new_flow_of_the_phone(bool caller)
    {
        var (phone, dialog, other, otherDialog) = caller ? (_ada, _a, _bob, _b) : (_bob, _b, _ada, _a);
        phone.LoseConnection();
        phone.Connect();
        phone.Register(regId: 1, instance: caller ? "ada" : "bob");

        otherDialog.Send("BYE");
        other.Expect("200 BYE");
        dialog.Reply(phone.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
        Assert.Equal(EndReason.Completed, _rig.Events.Record.Verdict.Reason);
    }

    // A phone that takes connections is reached at its Contact (RFC 3261 §18.1.1) when it has no registration that says better.
    [Fact]
    public void Without_a_flow_the_contact_is_called()
    {
        _bob.Listens = true;
        _bob.LoseConnection();
        _a.Send("BYE");
        _ada.Expect("200 BYE");
        _b.Reply(_bob.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_phone_that_never_comes_back_costs_the_other_one_nothing()
    {
        _bob.LoseConnection();
        _a.Send("BYE");
        _ada.Expect("200 BYE");
        Assert.Equal("", _rig.Leftovers());
        Assert.Single(_rig.Events.Records);
    }

    // Drops of both sides again and again, at any moment: the call lives until somebody ends it, and nothing is left.
    [Fact]
    public void Hundreds_of_drops_at_any_moment()
    {
        var random = new Random(5626);
        for (var i = 0; i < 200; i++)
        {
            var (phone, dialog, other, otherDialog, name) = random.Next(2) == 0 ? (_ada, _a, _bob, _b, "ada") : (_bob, _b, _ada, _a, "bob");
            phone.LoseConnection();
            _rig.Run(random.NextDouble());
            phone.Connect();
            if (random.Next(2) == 0)
            {
                phone.Register(regId: 1, instance: name);
                otherDialog.Send("INFO", "x", "Content-Type: application/x-any");
                dialog.Reply(phone.Expect("INFO"), 200);
                other.Expect("200 INFO");
            }
            else
            {
                dialog.Send("INFO", "x", "Content-Type: application/x-any");
                otherDialog.Reply(other.Expect("INFO"), 200);
                phone.Expect("200 INFO");
            }
        }

        _a.Send("BYE");
        _b.Reply(_bob.Expect("BYE"), 200);
        _ada.Expect("200 BYE");
        Assert.Equal("", _rig.Leftovers());
    }
}
