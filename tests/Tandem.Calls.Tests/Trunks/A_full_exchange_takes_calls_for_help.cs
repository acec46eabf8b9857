using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>What refuses everybody's calls (too many, too much load, a stop, no ports) leaves room for those for help.</summary>
public sealed class A_full_exchange_takes_calls_for_help
{
    // CALL_MAX with tenants that have limits and without, and a bound of these places too.
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void With_as_many_calls_as_there_may_be(int tenantCalls)
    {
        var help = new HelpRig(CallOptions.Default with { MaxCalls = 1, PlacesForHelp = 1 });
        help.Rig.Tenants.Set(new Tenants.Tenant(Tenants.TenantId.Default, "Default") { Limits = new Tenants.TenantLimits(Calls: tenantCalls) });
        var b = help.Bob.Dial("102");
        help.Rig.Phone("102");
        b.Invite(Sdp.Audio());
        help.IsRefused("0301234567", 503);
        var a = help.Dial("112");
        var invite = help.Carrier.Expect("INVITE");
        help.IsRefused("112", 503);
        help.Carrier.Take(invite).Reply(invite, 486);
        help.Carrier.Expect("ACK");
        a.AckRefusal(help.Ada.Expect("486"));
        help.IsHelped();
        help.IsRefused("0301234567", 503);
        b.Cancel();
        help.Bob.Expect("200 CANCEL");
        b.AckRefusal(help.Bob.Expect("487"));
        Assert.Equal("", help.Rig.Leftovers());
    }

    // A provider's call is none, whatever it says that it is for, nor is one without a proof.
    [Fact]
    public void While_it_is_being_stopped_until_it_hangs_up()
    {
        var help = new HelpRig(credentials: true);
        help.Rig.Exchange.BeginDrain();
        help.IsRefused("0301234567", 503);
        var a = help.Dial("112");
        var challenge = help.Ada.Expect("407");
        a.AckRefusal(challenge);
        a.Invite(Sdp.Audio(port: 30000), DigestAnswer.Header(challenge, "INVITE", a.RemoteTarget, "100"));
        HelpRig.Refuse(help.Carrier);
        a.AckRefusal(help.Ada.Expect("486"));

        var stranger = help.Carrier.Dial("112");
        stranger.RemoteTarget = "sip:112@198.51.100.1:5060;line=tokenp1";
        stranger.Invite(Sdp.Audio());
        stranger.AckRefusal(help.Carrier.Expect("503"));
        Assert.Equal("", help.Rig.Leftovers());
    }

    // A program that connects somebody with help has the same places.
    [Fact]
    public async Task For_programs_too_when_it_is_full_and_while_it_is_being_stopped()
    {
        var help = new HelpRig(CallOptions.Default with { MaxCalls = 0, PlacesForHelp = 1 });
        foreach (var isStopping in new[] { false, true })
        {
            if (isStopping)
                help.Rig.Exchange.BeginDrain();
            Assert.Equal(CommandResult.Unavailable, await BeginAsync("0301234567"));
            Assert.Equal(CommandResult.Begun, await BeginAsync("112"));
            Assert.Equal(CommandResult.Unavailable, await BeginAsync("112"));
            var invite = help.Ada.Expect("INVITE");
            help.Ada.Take(invite).Reply(invite, 486);
            help.Ada.Expect("ACK");
            Assert.Equal("", help.Rig.Leftovers());
        }

        async Task<CommandResult> BeginAsync(string to)
        {
            var order = new OriginationOrder { From = new Destination.Number("100"), To = new Destination.Number(to), FromNumber = "100", ToNumber = to };
            var reply = help.Rig.Exchange.OriginateAsync(TenantId.Default, order);
            Assert.True(help.Rig.Network.RunUntil(() => reply.IsCompleted, TimeSpan.FromSeconds(5)));
            return (await reply).Result;
        }
    }

    // Two by the tenant's own limit, and of the places its quarter; what has ended is there again.
    [Theory]
    [InlineData(20, 5)]
    [InlineData(1, 4)]
    public async Task But_no_tenant_has_all_of_it_for_itself(int places, int most)
    {
        var help = new HelpRig(CallOptions.Default with { PlacesForHelp = places });
        help.Rig.Tenants.Set(new Tenants.Tenant(TenantId.Default, "Default") { Limits = new TenantLimits(Calls: 2) });
        var begun = new List<WireMessage>();
        for (var i = 0; i < 2 + most; i++)
        {
            Assert.Equal(CommandResult.Begun, await BeginAsync());
            begun.Add(help.Bob.Expect("INVITE"));
        }

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(CommandResult.Unavailable, await BeginAsync());
            help.IsRefused("112", 503);
            var last = begun[^1];
            help.Bob.Take(last).Reply(last, 486);
            help.Bob.Expect("ACK");
            Assert.Equal(CommandResult.Begun, await BeginAsync());
            begun[^1] = help.Bob.Expect("INVITE");
        }

        foreach (var invite in begun)
        {
            help.Bob.Take(invite).Reply(invite, 486);
            help.Bob.Expect("ACK");
        }

        for (var i = 0; i < 2 + most + 1; i++)
            help.IsHelped();
        Assert.Equal("", help.Rig.Leftovers());

        async Task<CommandResult> BeginAsync()
        {
            var order = new OriginationOrder { From = new Destination.Number("101"), To = new Destination.Number("112"), FromNumber = "101", ToNumber = "112" };
            var reply = help.Rig.Exchange.OriginateAsync(TenantId.Default, order);
            Assert.True(help.Rig.Network.RunUntil(() => reply.IsCompleted, TimeSpan.FromSeconds(5)));
            return (await reply).Result;
        }
    }

    // Between the look at whether the exchange is closing and the place in the table it begins to close.
    [Fact]
    public async Task Nor_does_one_stay_that_begins_while_the_others_are_hung_up()
    {
        var help = new HelpRig();
        var drained = Task.CompletedTask;
        var order = new OriginationOrder
        {
            From = new Destination.Number("100"),
            To = new Destination.Number("112"),
            FromNumber = "100",
            ToNumber = "112",
            Program = context =>
            {
                drained = help.Rig.Exchange.DrainAsync(TimeSpan.Zero, TimeSpan.Zero, TimeProvider.System);
                return new ConnectProgram(new OriginationOrder { From = new Destination.Number("100"), To = new Destination.Number("112"), FromNumber = "100", ToNumber = "112" }, context);
            },
        };
        var reply = help.Rig.Exchange.OriginateAsync(TenantId.Default, order);
        Assert.True(help.Rig.Network.RunUntil(() => reply.IsCompleted, TimeSpan.FromSeconds(5)));
        Assert.Equal(CommandResult.Begun, (await reply).Result);
        await drained;
        Assert.True(help.Rig.Exchange.IsDraining);
        Assert.True(help.Rig.Network.RunUntil(() => help.Rig.Events.Records.Count > 0, TimeSpan.FromSeconds(5)));
        Assert.Equal(EndReason.Shutdown, help.Rig.Events.Record.Verdict!.Reason);
    }

    [Fact]
    public async Task But_not_once_what_is_left_is_hung_up()
    {
        var help = new HelpRig();
        await help.Rig.Exchange.DrainAsync(TimeSpan.Zero, TimeSpan.Zero, TimeProvider.System);
        help.IsRefused("112", 503);
        Assert.Equal("", help.Rig.Leftovers());
    }

    // RFC 7339 §5.10.1; a queue to the database that fills has the same effect as a lag.
    [Fact]
    public void When_it_is_behind_or_its_database_is()
    {
        var help = new HelpRig();
        foreach (var lag in new[] { 200, 500 })
        {
            Lag(lag);
            help.IsRefused("101", 503);
            help.IsHelped();
        }

        Lag(2_000);
        help.IsRefused("112", 503);
        Lag(0);
        Assert.Equal("", help.Rig.Leftovers());

        void Lag(int milliseconds)
        {
            foreach (var shard in help.Rig.Exchange.Shards)
                shard.Observe(TimeSpan.FromMilliseconds(milliseconds), help.Rig.Network.Now);
        }
    }

    // Nobody has proved himself yet, and 112 is written into a datagram as fast as 101.
    [Fact]
    public void But_not_a_flood_of_them_while_it_is_behind()
    {
        var help = new HelpRig(credentials: true);
        foreach (var shard in help.Rig.Exchange.Shards)
            shard.Observe(TimeSpan.FromMilliseconds(200), help.Rig.Network.Now);
        for (var round = 0; round < 2; round++)
        {
            var passed = 0;
            var dialogs = Enumerable.Range(0, 200).Select(_ => help.Dial("112")).ToList();
            for (var i = 0; i < dialogs.Count; i++)
            {
                help.Ada.ExpectSomething();
                passed += help.Ada.Unread[0].Status == 407 ? 1 : 0;
                help.Ada.Expect(help.Ada.Unread[0].Status == 407 ? "407" : "503");
            }

            Assert.InRange(passed, 40, 60);
            help.Rig.Run(40);
        }
    }

    [Fact]
    public void When_the_ports_for_sound_are_nearly_used_up()
    {
        var help = new HelpRig();
        help.Rig.Media.IsNearlyExhausted = true;
        help.IsRefused("0301234567", 503);
        help.IsHelped();
        Assert.Equal("", help.Rig.Leftovers());
    }
}
