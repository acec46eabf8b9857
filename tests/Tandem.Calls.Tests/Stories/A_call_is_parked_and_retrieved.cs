using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Parking;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public sealed class A_call_is_parked_and_retrieved
{
    // RFC 5589 §6.1: parked by a blind transfer; who parked hears the slot before the NOTIFY that ends it, and any phone of the tenant, on any shard, retrieves.
    [Theory]
    [InlineData("*70", 0)]
    [InlineData("*70", 1)]
    [InlineData("701", 0)]
    [InlineData("701", 1)]
    public void By_a_transfer_to_the_code_or_to_a_slot(string to, int shard)
    {
        var call = new TalkingCall();
        var rig = call.Rig;
        var first = rig.Media.Last!;
        call.Ada.Refer(call.A, $"<sip:{to}@198.51.100.1>");
        call.Bob.TakeReinvite(call.B, 41000);
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        Assert.Equal((CallSide.Caller, "spell:701"), (first.Sound.Plays[^1].Side, first.Sound.Plays[^1].Prompt));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        rig.Run(1);

        var parked = Assert.Single(rig.Exchange.Parked(TenantId.Default));
        Assert.Equal(("701", "101", "100", Assert.Single(rig.Calls).Id), (parked.Slot, parked.Number, parked.ParkedBy, parked.Call));
        Assert.Equal("music:default", rig.Media.Last!.Sound.Playing(CallSide.Caller)?.Prompt);
        Assert.Equal(1, rig.Exchange.Parking.Now);

        var dan = rig.Phone("103");
        var d = dan.Reach("701", 60000, shard);
        var reinvite = dan.TakeReinvite(d, 61000);
        Assert.Contains("sip:101@", reinvite["P-Asserted-Identity"], StringComparison.Ordinal);
        rig.Run(1);

        // The parked phone is told nothing: it hears another one.
        Assert.Empty(call.Bob.Unread);
        var now = Assert.Single(rig.Calls);
        Assert.Equal((parked.Call, "101", "103"), (now.Id, now.CallerNumber, now.CalleeNumber));
        Assert.Empty(rig.Exchange.Parked(TenantId.Default));
        Assert.Equal(new ParkingStatistics(0, 1, 1, 0, 0, 0), rig.Exchange.Parking);
        Assert.Equal(("701", "100"), Assert.Single(rig.Events.All.OfType<CallParked>().Select(e => (e.Slot, e.ParkedBy))));
        Assert.Equal(("701", "103"), Assert.Single(rig.Events.All.OfType<CallRetrieved>().Select(e => (e.Slot, e.Number))));

        call.Bob.HangUp(call.B, dan, d);
        rig.Run(1);
        var records = rig.Events.Records;
        Assert.Equal([EndReason.Transferred, EndReason.Transferred, EndReason.Completed], records.Select(r => r.Verdict.Reason));
        var (retrieving, talk) = (records[1], records[2]);
        Assert.Equal(("103", "701", (CallId?)parked.Call), (retrieving.CallerNumber, retrieving.CalleeNumber, retrieving.TransferredTo));
        Assert.Equal(("101", "103", "100", CallSide.Caller), (talk.CallerNumber, talk.CalleeNumber, talk.TransferredBy, talk.Verdict.EndedBy));
        Assert.Equal("", rig.Leftovers());
    }

    // Who dials the number of a queue or of an extension gets that: nobody who is parked could be retrieved there.
    [Fact]
    public void Nobody_is_parked_where_a_number_leads_somewhere_else()
    {
        var call = new TalkingCall();
        var rig = call.Rig;
        rig.Exchange.Queues.Configure(new StoredQueue(TenantId.Default, new QueueSettings { Name = "sales", Number = "701" }, []), rig.Network.Now);
        call.Ada.Refer(call.A, "<sip:*70@198.51.100.1>");
        call.Bob.TakeReinvite(call.B, 41000);
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        rig.Run(1);
        Assert.Equal("702", Assert.Single(rig.Exchange.Parked(TenantId.Default)).Slot);
    }

    // RFC 5589 §7: who has dialled the code hears a slot, which is his till he transfers.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void By_an_attended_transfer(int shard)
    {
        var call = new TalkingCall();
        var rig = call.Rig;
        var other = call.Ada.Reach("*70", 31000, shard);
        var office = rig.Media.Last!;
        rig.Run(1);
        Assert.Equal("spell:701", office.Sound.Plays[^1].Prompt);
        Assert.Empty(rig.Exchange.Parked(TenantId.Default));

        call.Ada.Refer(call.A, other.ReferTo());
        other.Reply(call.Ada.Expect("BYE"), 200);
        call.Bob.TakeReinvite(call.B, 41000);
        Assert.Equal("200 terminated", call.Ada.ExpectNotify(call.A));
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Equal(("701", "101", "100"), Assert.Single(rig.Exchange.Parked(TenantId.Default).Select(p => (p.Slot, p.Number, p.ParkedBy))));

        call.B.Send("BYE");
        call.Bob.Expect("200 BYE");
        rig.Run(1);
        Assert.Empty(rig.Exchange.Parked(TenantId.Default));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_slot_that_was_only_asked_for_is_free_again()
    {
        var rig = new ExchangeRig();
        var ada = ServedPhone.Dial(rig, rig.Phone("100"), "*70");
        var bob = ServedPhone.Dial(rig, rig.Phone("101"), "*70");
        rig.Run(1);
        Assert.Contains("spell:701", ada.Heard);
        Assert.Contains("spell:702", bob.Heard);
        ada.HangUp();
        var cleo = ServedPhone.Dial(rig, rig.Phone("102"), "*70");
        rig.Run(1);
        Assert.Contains("spell:701", cleo.Heard);
        rig.Run(60);
        bob.ExpectBye();
        cleo.ExpectBye();
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Of_two_who_retrieve_at_once_one_gets_it_and_the_other_hears_busy()
    {
        var (rig, bob, b) = Parked();
        var (dan, eve) = (rig.Phone("103"), rig.Phone("104"));
        var (d, e) = (dan.DialOn("701", 0), eve.DialOn("701", 1));
        d.Invite(Sdp.Audio(port: 60000));
        e.Invite(Sdp.Audio(port: 50000));
        d.Ack(dan.Expect("200 INVITE"));
        e.AckRefusal(eve.Expect("486 INVITE"));
        dan.TakeReinvite(d, 61000);
        rig.Run(1);
        Assert.Empty(eve.Unread);
        dan.HangUp(d, bob, b);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData("702", 404)]
    [InlineData("751", 404)]
    public void Where_nobody_is_parked_there_is_nobody(string number, int status)
    {
        var (rig, bob, b) = Parked();
        var dan = rig.Phone("103");
        var d = dan.Dial(number);
        d.Invite(Sdp.Audio());
        d.AckRefusal(dan.Expect($"{status} INVITE"));
        b.Send("BYE");
        bob.Expect("200 BYE");
        Assert.Equal("", rig.Leftovers());
    }

    // Who retrieves goes before he has it: the call stays where it is, for another one.
    [Fact]
    public void Who_gives_up_while_he_retrieves_leaves_it_parked()
    {
        var (rig, bob, b) = Parked();
        var dan = rig.Phone("103");
        var d = dan.Reach("701", 60000);
        var reinvite = dan.Expect("INVITE");
        dan.HangUpDuring(d, reinvite);
        rig.Run(2);
        Assert.Single(rig.Exchange.Parked(TenantId.Default));
        Assert.Equal("music:default", Playing(rig));

        var eve = rig.Phone("104");
        var e = eve.Reach("701", 50000);
        eve.TakeReinvite(e, 51000);
        rig.Run(1);
        bob.HangUp(b, eve, e);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void The_parked_phone_goes_while_somebody_retrieves_it()
    {
        var (rig, bob, b) = Parked();
        var dan = rig.Phone("103");
        var d = dan.Reach("701", 60000);
        var reinvite = dan.Expect("INVITE");
        d.Reply(reinvite, 100);
        b.Send("BYE");
        bob.Expect("200 BYE");
        A_ringing_call_is_picked_up.GivenUp(dan, d, reinvite);
        Assert.Equal("", rig.Leftovers());
    }

    // The time is over: who parked is rung again, with who waits as the caller.
    [Fact]
    public void After_its_time_it_goes_back_to_who_parked_it()
    {
        var (rig, bob, b) = Parked(out var ada);
        rig.Run(90);
        var invite = ada.Expect("INVITE");
        Assert.Contains("sip:101@", invite["From"], StringComparison.Ordinal);
        Assert.Empty(rig.Exchange.Parked(TenantId.Default));
        var a = ada.Take(invite);
        a.Reply(invite, 180);
        a.Reply(invite, 200, Sdp.Audio(port: 33000));
        ada.Expect("ACK");
        rig.Run(1);
        Assert.Equal(("101", "100"), Assert.Single(rig.Calls.Select(c => (c.CallerNumber, c.CalleeNumber))));
        Assert.Equal(("701", "100"), Assert.Single(rig.Events.All.OfType<CallParkExpired>().Select(e => (e.Slot, e.ParkedBy))));
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(1, rig.Exchange.Parking.Expired);
    }

    [Theory]
    [InlineData("extension:102")]
    [InlineData("")]
    public void And_when_he_does_not_take_it_where_the_options_say(string fallback)
    {
        var (rig, bob, b) = Parked(out var ada, new ParkingOptions { Fallback = fallback, TimeLimit = TimeSpan.FromSeconds(20) });
        var cleo = rig.Phone("102");
        rig.Run(20);
        var invite = ada.Expect("INVITE");
        ada.Take(invite).Reply(invite, 486);
        ada.Expect("ACK");
        if (fallback.Length == 0)
        {
            rig.Run(5);
            b.Reply(bob.Expect("BYE"), 200);
            Assert.Equal((EndReason.NoAnswer, CallSide.Exchange), (rig.Events.Records[^1].Verdict.Reason, rig.Events.Records[^1].Verdict.EndedBy));
            Assert.Equal("", rig.Leftovers());
            return;
        }

        var c = cleo.Answer(cleo.Expect("INVITE"), 50000);
        rig.Run(1);
        bob.HangUp(b, cleo, c);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void When_no_slot_is_free_the_two_talk_on()
    {
        var (rig, bob, b) = Parked(out _, new ParkingOptions { FirstSlot = 701, LastSlot = 701 });
        var (cleo, dan) = (rig.Phone("102"), rig.Phone("103"));
        var (c, d) = rig.Connect(cleo, dan, 50000, 60000);
        foreach (var to in new[] { "*70", "701" })
        {
            cleo.Refer(c, $"<sip:{to}@198.51.100.1>");
            Assert.Equal("486 terminated", cleo.ExpectNotify(c));
        }

        Assert.Empty(dan.Unread);
        cleo.HangUp(c, dan, d);
        b.Send("BYE");
        bob.Expect("200 BYE");
        Assert.Equal(2, rig.Exchange.Parking.Full);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Each_tenant_has_slots_of_its_own()
    {
        var (rig, bob, b) = Parked();
        var tenant = new Tenant(new TenantId("acme"), "Acme") { Domain = "acme.example" };
        rig.Tenants.Set(tenant);
        var stranger = rig.PhoneOf(tenant, "103");
        var s = stranger.Dial("701");
        s.Invite(Sdp.Audio());
        s.AckRefusal(stranger.Expect("404 INVITE"));
        Assert.Empty(rig.Exchange.Parked(tenant.Id));
        b.Send("BYE");
        bob.Expect("200 BYE");
        Assert.Equal("", rig.Leftovers());
    }

    internal static (ExchangeRig Rig, ScriptedPhone Bob, PhoneDialog B) Parked() => Parked(out _);

    /// <summary>Bob (101) waits in slot 701, where Ada (100) parked him.</summary>
    internal static (ExchangeRig Rig, ScriptedPhone Bob, PhoneDialog B) Parked(out ScriptedPhone ada, ParkingOptions? parking = null, int seed = 1)
    {
        var rig = new ExchangeRig(seed: seed, options: o => o with { Parking = parking ?? o.Parking });
        ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000);
        ada.Refer(a, "<sip:701@198.51.100.1>");
        bob.TakeReinvite(b, 41000);
        if (ada.ExpectNotify(a) != "200 terminated")
            throw new InvalidOperationException("not parked");
        a.Reply(ada.Expect("BYE"), 200);
        rig.Run(0.5);
        return (rig, bob, b);
    }

    private static string? Playing(ExchangeRig rig) => rig.Media.Open.Select(m => m.Sound.Playing(CallSide.Caller)?.Prompt).FirstOrDefault(p => p is not null);
}
