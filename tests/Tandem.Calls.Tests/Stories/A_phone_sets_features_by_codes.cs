using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_phone_sets_features_by_codes
{
    [Fact]
    public void Forwards_on_and_off()
    {
        var rig = new ExchangeRig();
        var bob = rig.Phone("101");
        Dial(rig, bob, "*72102");
        Assert.Equal("102", rig.Routing.FeaturesOf(TenantId.Default, "101")!.ForwardAlways);
        Dial(rig, bob, "*73");
        Assert.Null(rig.Routing.FeaturesOf(TenantId.Default, "101"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Do_not_disturb_on_and_off()
    {
        var rig = new ExchangeRig();
        var bob = rig.Phone("101");
        Dial(rig, bob, "*78");
        Assert.True(rig.Routing.FeaturesOf(TenantId.Default, "101")!.DoNotDisturb);
        Dial(rig, bob, "*79");
        Assert.Null(rig.Routing.FeaturesOf(TenantId.Default, "101"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void But_no_forward_to_itself()
    {
        var rig = new ExchangeRig();
        var bob = rig.Phone("101");
        Dial(rig, bob, "*72101");
        Assert.Null(rig.Routing.FeaturesOf(TenantId.Default, "101"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void And_dials_again_or_calls_back()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        Refused(ada, bob, "101");
        Refused(ada, bob, "*66");
        Refused(bob, ada, "*69");
        Assert.Equal("", rig.Leftovers());
        Assert.All(rig.Events.All.OfType<Tandem.Calls.Events.CallCreated>(), e => Assert.Contains(e.Call.CalleeNumber, new[] { "100", "101" }));
    }

    // Who wants to stay unknown is not called back.
    [Fact]
    public void And_calls_nobody_back_who_hid()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Privacy: id");
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        var b = bob.Dial("*69");
        b.Invite(Sdp.Audio());
        b.AckRefusal(bob.Expect("404"));
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 5373 §3.
    [Fact]
    public void And_has_another_phone_answer_by_itself()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("*80101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        Assert.Equal("Auto", invite["Answer-Mode"]);
        Assert.Contains("alert-autoanswer", invite["Alert-Info"], StringComparison.Ordinal);
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        Assert.Equal("", rig.Leftovers());
    }

    private static void Refused(ScriptedPhone caller, ScriptedPhone callee, string dialled)
    {
        var a = caller.Dial(dialled);
        a.Invite(Sdp.Audio());
        var invite = callee.Expect("INVITE");
        callee.Take(invite).Reply(invite, 486);
        callee.Expect("ACK");
        a.AckRefusal(caller.Expect("486"));
    }

    // Answered, told, and hung up; whoever does not wait for the end hangs up himself.
    private static void Dial(ExchangeRig rig, ScriptedPhone phone, string code)
    {
        var dialog = phone.Dial(code);
        dialog.Invite(Sdp.Audio());
        dialog.Ack(phone.Expect("200 INVITE"));
        rig.Run(1);
        dialog.Send("BYE");
        rig.Run(1);
        while (phone.Unread.Count > 0)
        {
            var next = phone.Unread[0];
            if (next.IsRequest)
                dialog.Reply(phone.Expect(next.Method), 200);
            else
                phone.Expect(next.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
