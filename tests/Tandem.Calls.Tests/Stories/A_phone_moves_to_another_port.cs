using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 5626 §6: a phone that registers its flow again from elsewhere is one phone, not two.</summary>
public class A_phone_moves_to_another_port
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_its_new_address_rings(bool isStream)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101", registered: false);
        if (isStream)
            bob.Connect();
        bob.Register(regId: 1, instance: "bob");

        // The translator gave it another port, and the phone does not know its old registration any more.
        var moved = bob.MovedTo(bob.Address.WithPort(62_001));
        if (isStream)
            moved.Connect();
        moved.Register(regId: 1, instance: "BOB");
        Assert.Single(rig.Exchange.Registrar.Lookup(TenantId.Default, "101"));

        TalkAndHangUp(ada, moved);
        Assert.Empty(bob.Unread);
        Assert.Equal("", rig.Leftovers());
    }

    // A port alone proves nothing: without the credentials of the extension no registration moves (and no answer to a keep-alive does).
    [Fact]
    public void An_answer_to_a_keep_alive_from_elsewhere_moves_nothing()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101", registered: false);
        bob.Register(host: "192.168.1.7:5060");
        var before = Assert.Single(rig.Exchange.Registrar.Lookup(TenantId.Default, "101"));
        Assert.True(before.BehindNat);

        var options = bob.Expect("OPTIONS", 31);
        var stranger = new ScriptedPhone(rig.Network, "101", bob.Address.WithPort(63_000), bob.Server);
        stranger.Take(options).Reply(options, 200);
        rig.Run(1);
        var after = Assert.Single(rig.Exchange.Registrar.Lookup(TenantId.Default, "101"));
        Assert.Equal(bob.Address, after.Flow.Remote);
        Assert.True(after.LastSeen > before.LastSeen, "the answer counts as a sign of life, for it has our branch");

        TalkAndHangUp(ada, bob);
        bob.Register(host: "192.168.1.7:5060", expires: 0);
        Assert.Equal("", rig.Leftovers());
    }

    private static void TalkAndHangUp(ScriptedPhone caller, ScriptedPhone callee)
    {
        var a = caller.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = callee.Expect("INVITE");
        var b = callee.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        callee.Expect("ACK");
        a.Ack(caller.Expect("200 INVITE"));
        b.Send("BYE");
        callee.Expect("200 BYE");
        a.Reply(caller.Expect("BYE"), 200);
    }
}
