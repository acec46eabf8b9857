using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Limits;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Limits;
using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>112 leads to help, whatever else has the number: an extension that was there before, a queue, a slot. Nothing that is no call for help leads there by it.</summary>
public sealed class Who_dials_for_help_gets_it
{
    private readonly ExchangeRig _rig = new(CallOptions.Default with { LastExtension = 199 });
    private readonly ScriptedPhone _carrier;
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _lou;

    public Who_dials_for_help_gets_it()
    {
        _rig.Extensions.Added.Add("112");
        _carrier = new ScriptedPhone(_rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        _rig.Profiles.Save(ProfileSamples.Profile() with { Numbers = new NumberPlan("49"), Registers = false });
        _rig.Exchange.StartProfiles();
        (_ada, _lou) = (_rig.Phone("100"), _rig.Phone("112"));
        _rig.Run(0.1);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("features")] // of the caller and of the extension
    [InlineData("rules")]
    [InlineData("queue")]
    public void And_not_what_has_the_number(string what)
    {
        if (what == "features")
        {
            _rig.Set("100", new ExtensionFeatures { AllowedDestinations = ["prefix:10"] });
            _rig.Set("112", new ExtensionFeatures { ForwardAlways = "101" });
        }

        if (what == "rules")
            _rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "all", Numbers = ["prefix:"], Actions = [new ActionBody { To = "extension:112" }] }] });
        if (what == "queue")
            _rig.Exchange.Queues.Configure(new StoredQueue(TenantId.Default, new QueueSettings { Name = "help", Number = "112" }, []), _rig.Network.Now);
        var a = _ada.Dial("112");
        a.Invite(Sdp.Audio(port: 30000));
        TakeForHelp();
        a.AckRefusal(_ada.Expect("486"));
        _lou.ExpectNothing();
        Assert.Equal("", _rig.Leftovers());
    }

    // At another node somebody floods both, and has all their places.
    [Fact]
    public void Whatever_limits_of_the_tenant_and_of_the_provider_are_reached()
    {
        Flood();
        var other = _ada.Dial("0301234567");
        other.Invite(Sdp.Audio(port: 30000));
        other.AckRefusal(_ada.Expect("503"));
        for (var i = 0; i < 3; i++)
        {
            var a = _ada.Dial("112");
            a.Invite(Sdp.Audio(port: 30000));
            TakeForHelp();
            a.AckRefusal(_ada.Expect("486"));
        }

        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("112")]
    [InlineData("trunk:112")]
    public async Task So_does_whom_a_program_connects_with_help(string to)
    {
        Flood();
        Assert.Equal(CommandResult.Unavailable, (await OriginateAsync("100", "0301234567")).Result);
        Assert.Equal(CommandResult.Unavailable, (await OriginateAsync("100", "trunk:0301234567")).Result);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(CommandResult.Begun, (await OriginateAsync("100", to)).Result);
            var first = _ada.Expect("INVITE");
            var a = _ada.Take(first);
            a.Reply(first, 200, Sdp.Audio(port: 30000));
            _ada.Expect("ACK");
            TakeForHelp();
            a.Reply(_ada.Expect("BYE"), 200);
        }

        Assert.Equal("", _rig.Leftovers());
    }

    // A room that adds him, a phone that consults him: he is who is rung first.
    [Fact]
    public async Task Or_whom_help_is_called_for()
    {
        Flood();
        Assert.Equal(CommandResult.Begun, (await OriginateAsync("112", "100")).Result);
        TakeForHelp();
        _ada.ExpectNothing();
        Assert.Equal("", _rig.Leftovers());
    }

    // What the exchange calls back by itself is a number that a caller showed: anybody can show 112, and would pass the limits by it.
    [Fact]
    public async Task But_not_what_the_exchange_itself_calls_back()
    {
        Flood();
        Assert.Equal(CommandResult.Unavailable, (await OriginateAsync("100", "112", order => order with { IsOurs = true })).Result);
        Assert.Equal("", _rig.Leftovers());
    }

    // Nobody is there who could help: a colleague is none.
    [Fact]
    public void Without_a_provider_the_call_is_refused()
    {
        _rig.Profiles.Remove(ProfileSamples.Profile().Id);
        var a = _ada.Dial("112");
        a.Invite(Sdp.Audio(port: 30000));
        a.AckRefusal(_ada.Expect("404"));
        _lou.ExpectNothing();
        Assert.Equal("", _rig.Leftovers());
    }

    // A rule that names just that number is what the operator wants: his reception desk, which is that extension.
    [Fact]
    public void But_where_a_rule_names_just_that_number_it_is_followed()
    {
        _rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "desk", Numbers = ["112"], Actions = [new ActionBody { To = "extension:112" }] }] });
        var a = _ada.Dial("112");
        a.Invite(Sdp.Audio(port: 30000));
        var c = Talks.Answer(_lou, _lou.Expect("INVITE"), 40_000);
        a.Ack(_ada.Expect("200 INVITE"));
        _carrier.ExpectNothing();
        _ada.HangUp(a, _lou, c);
        Assert.Equal("", _rig.Leftovers());
    }

    // RFC 5630 §5.3: no provider keeps the promise of sips, and a promise helps nobody.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whoever_dials_it_by_sips(bool hasRules)
    {
        if (hasRules)
            _rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "other", Numbers = ["500"], Actions = [new ActionBody { To = "reject:404" }] }] });
        var secure = _rig.SecurePhone("101", isSips: true);
        var a = secure.Dial("112");
        a.RemoteTarget = "sips:112@" + ExchangeRig.ServerAddress.SipHostText();
        a.Invite(Sdp.Audio(port: 30000));
        Refuse("sip:112@");
        a.AckRefusal(secure.Expect("486"));
        a = secure.Dial("0301234567");
        a.RemoteTarget = "sips:0301234567@" + ExchangeRig.ServerAddress.SipHostText();
        a.Invite(Sdp.Audio(port: 30000));
        a.AckRefusal(secure.Expect("404"));
        Assert.Equal("", _rig.Leftovers());
    }

    // RFC 3966 §3, RFC 3261 §19.1.6
    [Theory]
    [InlineData("sip:+112@198.51.100.1")]
    [InlineData("sip:1-1-2@198.51.100.1")]
    [InlineData("sip:112;phone-context=+49@198.51.100.1;user=phone")]
    [InlineData("tel:112;phone-context=+49")]
    public void However_the_phone_writes_it(string asked)
    {
        _rig.Set("100", new ExtensionFeatures { AllowedDestinations = ["prefix:10"] });
        var a = _ada.Dial("112");
        a.RemoteTarget = asked;
        a.Invite(Sdp.Audio(port: 30000));
        Refuse("sip:112@");
        a.AckRefusal(_ada.Expect("486"));
        _lou.ExpectNothing();
        Assert.Equal("112", _rig.Events.Record.CalleeNumber);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_forward_calls_nobody_for_help()
    {
        _rig.Phone("101");
        _rig.Set("101", new ExtensionFeatures { ForwardAlways = "112" });
        Rings(_ada, "101");
    }

    [Fact]
    public void A_tenant_that_has_no_such_number_for_help_has_an_extension_there()
    {
        _rig.Toll.Rules = _rig.Toll.Rules with { AlwaysAllowed = ["911"] };
        Rings(_ada, "112");
    }

    // Who called is what a phone or a provider shows: anybody can show 112.
    [Fact]
    public void Calling_the_last_caller_back_is_no_call_for_help()
    {
        var b = _lou.Dial("100");
        b.Invite(Sdp.Audio());
        var invite = _ada.Expect("INVITE");
        _ada.Take(invite).Reply(invite, 486);
        _ada.Expect("ACK");
        b.AckRefusal(_lou.Expect("486"));
        var a = _ada.Dial("*69");
        a.Invite(Sdp.Audio());
        a.AckRefusal(_ada.Expect("404"));
        _carrier.ExpectNothing();
        Assert.Equal("", _rig.Leftovers());
    }

    // At another node somebody has all places of the tenant and of the provider, and asks for more.
    private void Flood()
    {
        _rig.Tenants.Set(new Tenant(TenantId.Default, "Default") { Limits = new TenantLimits(Calls: 2, CallsPerSecond: 1) });
        _rig.Profiles.Save(ProfileSamples.Profile() with { Numbers = new NumberPlan("49"), Registers = false, MaxCalls = 2, MaxCallsPerSecond = 1 });
        var others = new FakeRemoteUse();
        _rig.Exchange.RemoteUse = others;
        foreach (var key in new[] { new UseKey(UseKind.Tenant, TenantId.Default.Value), new UseKey(UseKind.Profile, "", ProfileSamples.Profile().Id.Value) })
            others.Tell(key.Kind, key.Tenant, key.Profile, new NodeUse(Calls: 2, Asked: 1_000));
    }

    private void TakeForHelp() => Refuse("sip:112@");

    // With the 0 for a line in front, where a rule takes it away.
    [Fact]
    public void Whoever_dials_a_line_first()
    {
        _rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "line", Numbers = ["_0X."], Actions = [new ActionBody { To = "{number}", Strip = 1 }] }] });
        var a = _ada.Dial("0112");
        a.Invite(Sdp.Audio(port: 30000));
        Refuse("sip:112@");
        a.AckRefusal(_ada.Expect("486"));
        Assert.Equal("", _rig.Leftovers());
    }

    private void Refuse(string asked)
    {
        var invite = _carrier.Expect("INVITE");
        Assert.StartsWith(asked, invite.RequestUri, StringComparison.Ordinal);
        _carrier.Take(invite).Reply(invite, 486);
        _carrier.Expect("ACK");
    }

    private Task<OriginationReply> OriginateAsync(string from, string to, Func<OriginationOrder, OriginationOrder>? change = null)
    {
        Assert.True(Destination.TryParse(from, out var first, out _) & Destination.TryParse(to, out var second, out _));
        var order = new OriginationOrder { From = first, To = second, FromNumber = first.AsNumber(), ToNumber = second.AsNumber() };
        var reply = _rig.Exchange.OriginateAsync(TenantId.Default, change?.Invoke(order) ?? order);
        Assert.True(_rig.Network.RunUntil(() => reply.IsCompleted, TimeSpan.FromSeconds(5)));
        return reply;
    }

    private void Rings(ScriptedPhone caller, string dialled)
    {
        var a = caller.Dial(dialled);
        a.Invite(Sdp.Audio(port: 30000));
        var invite = _lou.Expect("INVITE");
        _lou.Take(invite).Reply(invite, 486);
        _lou.Expect("ACK");
        a.AckRefusal(caller.Expect("486"));
        _carrier.ExpectNothing();
        Assert.Equal("", _rig.Leftovers());
    }
}
