using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>A rule that fails, a provider that is silent or refuses: none of them is the last word while there is another way to help.</summary>
public sealed class Help_that_one_way_does_not_lead_to_is_sought_another
{
    private readonly HelpRig _help = new();

    [Theory]
    [InlineData("extension:105")] // nobody has registered it
    [InlineData("extension:109")]
    [InlineData("reject:403")]
    [InlineData("trunk:112@gone")]
    [InlineData("trunk:{e164}")] // is left out: 112 has no such form
    public void A_rule_that_leads_nowhere(string to)
    {
        _help.Rule(new ActionBody { To = to });
        var a = _help.Dial("112");
        HelpRig.Refuse(_help.Carrier);
        a.AckRefusal(_help.Ada.Expect("486"));
        Finish();
    }

    [Fact]
    public void A_profile_that_a_rule_names_and_that_is_switched_off()
    {
        _help.AddProvider();
        _help.Rig.Profiles.Save(_help.Rig.Profiles.Find(new ProfileId("p2"))! with { Enabled = false });
        _help.Rig.Run(0.1);
        _help.Rule(new ActionBody { To = "trunk:112@p2" }, new ActionBody { To = "trunk:112", Profiles = new Dictionary<string, int> { ["p2"] = 1 } });
        var a = _help.Dial("112");
        HelpRig.Refuse(_help.Carrier);
        a.AckRefusal(_help.Ada.Expect("486"));
        Finish();
    }

    // Once is enough: the way out that the rule names itself is not tried again.
    [Fact]
    public void A_rule_that_has_a_way_out_is_given_no_second_one()
    {
        _help.Rule(new ActionBody { To = "extension:101", RingSeconds = 5 }, new ActionBody { To = "trunk:112", CallerId = "+49301" });
        var a = _help.Dial("112");
        var invite = _help.Bob.Expect("INVITE");
        _help.Bob.Take(invite).Reply(invite, 486);
        _help.Bob.Expect("ACK");
        HelpRig.Refuse(_help.Carrier);
        a.AckRefusal(_help.Ada.Expect("486"));
        _help.Carrier.ExpectNothing();
        Finish();
    }

    // A desk at night rings as long as any step with another one behind it, or as the rule says; then not even the bound of all steps is between the caller and help.
    [Theory]
    [InlineData(0, 20)]
    [InlineData(600, 180)]
    public void A_desk_where_nobody_answers(int ringSeconds, int seconds)
    {
        _help.Rule(new ActionBody { To = "extension:101", RingSeconds = ringSeconds == 0 ? null : ringSeconds }, new ActionBody { To = "extension:105" });
        var a = _help.Dial("112");
        var invite = _help.Bob.Expect("INVITE");
        var b = _help.Bob.Take(invite);
        b.Reply(invite, 180);
        _help.Ada.Expect("180");
        _help.Carrier.ExpectNothing(seconds - 1);
        HelpRig.Refuse(_help.Carrier);
        _help.Bob.TakeCancel(b, invite);
        a.AckRefusal(_help.Ada.Expect("486"));
        Finish();
    }

    // The time of all steps ends with the second desk: nobody waits for whom that one sends its calls on to.
    [Theory]
    [InlineData("103")]
    [InlineData("voicemail:102")]
    public void Two_desks_that_ring_as_long_as_may_be_and_a_forward_of_the_second(string forward)
    {
        var (second, third) = (_help.Rig.Phone("102"), _help.Rig.Phone("103"));
        _help.Rig.Set("102", new ExtensionFeatures { ForwardNoAnswer = forward });
        _help.Rule(new ActionBody { To = "extension:101", RingSeconds = 90 }, new ActionBody { To = "extension:102", RingSeconds = 90 });
        var a = _help.Dial("112");
        foreach (var desk in new[] { _help.Bob, second })
        {
            var invite = desk.Expect("INVITE");
            var d = desk.Take(invite);
            d.Reply(invite, 180);
            _help.Carrier.ExpectNothing(87);
            _help.Rig.Run(4);
            desk.TakeCancel(d, invite);
        }

        HelpRig.Refuse(_help.Carrier);
        third.ExpectNothing();
        while (_help.Ada.Unread.Any(one => one.Status == 180))
            _help.Ada.Expect("180");
        a.AckRefusal(_help.Ada.Expect("486"));
        Finish();
    }

    // A mailbox takes every call: where the desk is not at its phone the caller would tell a machine.
    [Theory]
    [InlineData("always", 486)]
    [InlineData("disturb", 0)]
    [InlineData("busy", 486)]
    [InlineData("unreachable", 0)]
    [InlineData("no answer", 180)]
    [InlineData("follow", 180)]
    public void A_desk_that_forwards_to_a_mailbox(string what, int status)
    {
        const string box = "voicemail:103";
        var desk = what == "unreachable" ? "105" : "101"; // nobody has registered it
        _help.Rig.Set(desk, what switch
        {
            "always" => new ExtensionFeatures { ForwardAlways = box },
            "disturb" => new ExtensionFeatures { DoNotDisturb = true, ForwardBusy = box },
            "busy" => new ExtensionFeatures { ForwardBusy = box },
            "unreachable" => new ExtensionFeatures { ForwardUnreachable = box },
            "no answer" => new ExtensionFeatures { ForwardNoAnswer = box },
            _ => new ExtensionFeatures { FollowMe = [new FollowMeBody { To = box, RingSeconds = 5 }] },
        });
        _help.Rule(new ActionBody { To = "extension:" + desk });
        var a = _help.Dial("112");
        if (status > 0)
        {
            var invite = _help.Bob.Expect("INVITE");
            var b = _help.Bob.Take(invite);
            b.Reply(invite, status);
            if (status == 180)
            {
                _help.Ada.Expect("180");
                _help.Carrier.ExpectNothing(19);
                _help.Rig.Run(2);
                _help.Bob.TakeCancel(b, invite);
            }
            else
            {
                _help.Bob.Expect("ACK");
            }
        }

        HelpRig.Refuse(_help.Carrier);
        a.AckRefusal(_help.Ada.Expect("486"));
        Finish();
    }

    // ROUTE_MAX_STEPS
    [Fact]
    public void A_group_of_more_than_one_call_tries()
    {
        _help.Rig.Set(new RoutingDocument
        {
            Groups = [new GroupBody { Name = "all", Members = [.. Enumerable.Range(120, 40).Select(number => $"{number}")], Strategy = "inTurn", RingSeconds = 5 }],
            Rules = [new RuleBody { Id = "desk", Numbers = ["112"], Actions = [new ActionBody { To = "group:all" }] }],
        });
        var a = _help.Dial("112");
        HelpRig.Refuse(_help.Carrier);
        a.AckRefusal(_help.Ada.Expect("486"));
        _help.Carrier.ExpectNothing();
        Finish();
    }

    // RFC 3261 §11: three OPTIONS without an answer, and no other call goes there any more.
    [Fact]
    public void A_provider_that_is_silent()
    {
        _help.Rig.Profiles.Save(HelpRig.Profile with { HealthIntervalSeconds = 10 });
        _help.Carrier.Expect("OPTIONS", 30);
        Assert.True(_help.Rig.Network.RunUntil(() => _help.Rig.Exchange.Trunks.Find(HelpRig.Profile.Id) is { IsReachable: false }, TimeSpan.FromMinutes(5)));
        var a = _help.Dial("0301234567");
        a.AckRefusal(_help.Ada.Expect("404"));
        a = _help.Dial("112");
        var invite = ExpectInvite();
        _help.Carrier.Take(invite).Reply(invite, 486);
        a.AckRefusal(_help.Ada.Expect("486"));
        _help.Rig.Profiles.Remove(HelpRig.Profile.Id);
        Assert.Equal("", _help.Rig.Leftovers());
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(486)]
    [InlineData(488)]
    [InlineData(603)]
    public void What_one_provider_refuses(int status)
    {
        var other = _help.AddProvider();
        var a = _help.Dial("112");
        HelpRig.Refuse(_help.Carrier, status);
        HelpRig.Refuse(other);
        a.AckRefusal(_help.Ada.Expect("486"));
        Finish();
    }

    // A 2xx without a session (RFC 3264): another provider's may have one.
    [Fact]
    public void What_one_provider_answers_and_nobody_can_hear()
    {
        var other = _help.AddProvider();
        var a = _help.Dial("112");
        var invite = _help.Carrier.Expect("INVITE");
        var c = _help.Carrier.Take(invite);
        c.Reply(invite, 200);
        _help.Carrier.Expect("ACK");
        c.Reply(_help.Carrier.Expect("BYE"), 200);
        var o = Talks.Answer(other, other.Expect("INVITE"), 41_000);
        a.Ack(_help.Ada.Expect("200 INVITE"));
        _help.Ada.HangUp(a, other, o);
        Finish();
    }

    // Where many call for help they wait in a queue there, and it rings.
    [Fact]
    public void Nor_does_it_end_while_it_rings_there_for_long()
    {
        var a = _help.Dial("112");
        var invite = _help.Carrier.Expect("INVITE");
        var c = _help.Carrier.Take(invite);
        c.Reply(invite, 180);
        _help.Ada.Expect("180");
        _help.Rig.Run(120);
        c.Reply(invite, 200, Sdp.Audio(port: 40000));
        a.Ack(_help.Ada.Expect("200 INVITE"));
        _help.Carrier.Expect("ACK");
        _help.Ada.HangUp(a, _help.Carrier, c);
        Finish();
    }

    private WireMessage ExpectInvite()
    {
        while (true)
        {
            _help.Carrier.ExpectSomething();
            if (_help.Carrier.Unread[0].Method == "INVITE")
                return _help.Carrier.Expect("INVITE");

            _help.Carrier.Expect("OPTIONS");
        }
    }

    private void Finish() => Assert.Equal("", _help.Rig.Leftovers());
}
