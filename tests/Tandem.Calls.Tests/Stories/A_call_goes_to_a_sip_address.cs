using Tandem.Calls.Calls;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Security.Toll;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A rule sends 500 to <c>external:sip:bob@…</c>: whether that is allowed, where it may lead, and what whoever answers there gets.</summary>
public class A_call_goes_to_a_sip_address
{
    [Fact]
    public void Not_unless_the_installation_allows_it()
    {
        var (rig, ada, far) = Rig(isAllowed: false);
        var a = Dial(ada);
        a.AckRefusal(ada.Expect("403"));
        Assert.Empty(far.Unread);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Nor_into_a_private_network()
    {
        var (rig, ada, far) = Rig(mayBePrivate: false);
        var a = Dial(ada);
        a.AckRefusal(ada.Expect("480"));
        Assert.Empty(far.Unread);
        Assert.Equal(CallDirection.Outbound, rig.Events.Record.Direction);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void It_gets_there_and_the_record_says_so()
    {
        var (rig, ada, far) = Rig();
        var a = Dial(ada);
        var invite = far.Expect("INVITE");
        Assert.Equal($"sip:bob@{far.Address}", invite.RequestUri);
        Assert.Contains("<sip:100@anonymous.invalid>", invite["From"], StringComparison.Ordinal);
        Assert.Equal("", invite["P-Asserted-Identity"]);
        var b = far.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        far.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(1);
        ada.HangUp(a, far, b);
        var record = rig.Events.Record;
        Assert.Equal((CallDirection.Outbound, "external-default", far.Address.ToString()), (record.Direction, record.ProfileId, record.CalleeAddress));
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(401, "WWW-Authenticate")]
    [InlineData(407, "Proxy-Authenticate")]
    public void Who_asks_for_credentials_gets_none(int status, string header)
    {
        var (rig, ada, far) = Rig();
        var a = Dial(ada);
        var invite = far.Expect("INVITE");
        far.Take(invite).Reply(invite, status, "", header + ": Digest realm=\"far\", nonce=\"abc\", algorithm=MD5");
        Assert.Equal("", far.Expect("ACK")["Authorization"]);
        ada.ExpectSomething();
        far.ExpectNothing();
        a.AckRefusal(ada.Unread[0]);
        Assert.Single(rig.Events.Records);
    }

    [Fact]
    public void The_toll_guard_counts_it()
    {
        var (rig, ada, far) = Rig();
        rig.Toll.Rules = new TollRules { MaxConcurrent = 1, MaxPerMinute = 100, MaxRefusedPerMinute = 100 };
        Dial(ada);
        var invite = far.Expect("INVITE");
        far.Take(invite).Reply(invite, 180);
        ada.Expect("180");
        var second = Dial(rig.Phone("102"), out var cleo);
        second.AckRefusal(cleo.Expect("503"));
        Assert.Empty(far.Unread);
        Assert.Single(rig.Events.All.OfType<TollTripped>());
    }

    // A public address of the machine itself: from inside it could be more open than to the world. The operator may open it as he opens a private network.
    [Theory]
    [InlineData("45.33.33.33/32", true)]
    [InlineData("10.0.0.0/8", false)]
    public void An_address_of_this_machine_is_no_destination(string opened, bool isReached)
    {
        var own = NetAddress.FromV4(0x2D212121, 5060);
        GlobalNetworks.Machine.Set([own]);
        var rig = new ExchangeRig(options: o => o with { Trunks = o.Trunks with { External = true, ExternalAllowPrivate = NetPrefix.TryParse(opened, out var network) ? [network] : [] } });
        var ada = rig.Phone("100");
        var self = new ScriptedPhone(rig.Network, "bob", own, ExchangeRig.ServerAddress);
        rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "bob", Numbers = ["500"], Actions = [new ActionBody { To = $"external:sip:bob@{own}" }] }] }.Normalized());
        var a = Dial(ada);
        if (isReached)
        {
            var invite = self.Expect("INVITE");
            self.Take(invite).Reply(invite, 486);
            a.AckRefusal(ada.Expect("486"));
        }
        else
        {
            ada.ExpectSomething();
            self.ExpectNothing();
            a.AckRefusal(ada.Unread[0]);
        }

        GlobalNetworks.Machine.Set([]);
        Assert.Single(rig.Events.Records);
    }

    [Theory]
    [InlineData("external:sip:bob@example.org", true)]
    [InlineData("external:sips:bob@example.org:5061;transport=tcp", true)]
    [InlineData("external:sip:bob@example.org?Replaces=1", false)]
    [InlineData("external:sip:bob:secret@example.org", false)]
    [InlineData("external:sip:bob@example.org;method=REFER", false)]
    [InlineData("external:tel:+442079460000", false)]
    public void An_address_that_asks_for_more_than_a_call_is_none(string text, bool isOne) => Assert.Equal(isOne, Destination.TryParse(text, out _, out _));

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Far) Rig(bool isAllowed = true, bool mayBePrivate = true)
    {
        var rig = new ExchangeRig(options: o => o with
        {
            Trunks = o.Trunks with { External = isAllowed, ExternalAllowPrivate = mayBePrivate && NetPrefix.TryParse("10.0.0.0/8", out var ten) ? [ten] : [] },
        });
        var ada = rig.Phone("100");
        var far = rig.Phone("bob", registered: false);
        rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "bob", Numbers = ["500"], Actions = [new ActionBody { To = $"external:sip:bob@{far.Address}" }] }] }.Normalized());
        return (rig, ada, far);
    }

    private static PhoneDialog Dial(ScriptedPhone phone) => Dial(phone, out _);

    private static PhoneDialog Dial(ScriptedPhone phone, out ScriptedPhone caller)
    {
        caller = phone;
        var dialog = phone.Dial("500");
        dialog.Invite(Sdp.Audio(port: 30000));
        return dialog;
    }
}
