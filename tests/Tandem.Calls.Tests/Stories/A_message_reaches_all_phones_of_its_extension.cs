using System.Globalization;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Messages;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3428, RFC 4320.</summary>
public class A_message_reaches_all_phones_of_its_extension
{
    private const string Plain = "Content-Type: text/plain;charset=UTF-8";

    [Fact]
    public void The_first_phone_that_takes_it_gives_the_verdict()
    {
        var rig = new ExchangeRig();
        var (ada, desk, mobile) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("101"));
        var message = ada.Dial("101");
        message.LocalUri = "\"Not Ada\" <sip:100@evil.example>";
        message.Send("MESSAGE", "Grüße", Plain, "Subject: tea", "X-Private: 1", "Date: Thu, 01 Jan 2026 00:00:00 GMT", "Expires: 600");
        var (first, second) = (desk.Expect("MESSAGE"), mobile.Expect("MESSAGE"));
        foreach (var got in new[] { first, second })
        {
            Assert.Equal("Grüße", got.Body);
            Assert.StartsWith("\"Ada\" <sip:100@198.51.100.1>;tag=", got["From"], StringComparison.Ordinal);
            Assert.Equal("\"Ada\" <sip:100@198.51.100.1>", got["P-Asserted-Identity"]);
            Assert.Equal(("text/plain;charset=UTF-8", "tea", "", "600", "69"), (got["Content-Type"], got["Subject"], got["X-Private"], got["Expires"], got["Max-Forwards"]));
            Assert.False(got.Has("Contact"));
        }

        desk.Take(first).Reply(first, 486);
        ada.ExpectNothing(1);
        mobile.Take(second).Reply(second, 200);
        var ok = ada.Expect("200 MESSAGE");
        Assert.Equal(("", false), (ok.Body, ok.Has("Contact")));
        var told = Assert.IsType<MessageDelivered>(rig.Events.All.OfType<MessageEvent>().Single());
        Assert.Equal(("100", "101", 7, new MessageVerdict(MessageOutcome.Delivered, 200, 2)), (told.From, told.To, told.Bytes, told.Verdict));
        Assert.DoesNotContain("Gr", told.ToString(), StringComparison.Ordinal);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3261 §16.7 for the choice; RFC 4320 §4.2: never 408; nothing is stored, so never 202.
    [Theory]
    [InlineData(486, 486, 486)]
    [InlineData(486, 603, 603)]
    [InlineData(415, 486, 486)]
    [InlineData(503, 503, 500)]
    [InlineData(302, 302, 480)]
    [InlineData(401, 404, 480)]
    [InlineData(202, 486, 200)]
    [InlineData(408, 408, 480)]
    public void The_best_refusal_when_nobody_takes_it(int desks, int mobiles, int heard)
    {
        var rig = new ExchangeRig();
        var (ada, desk, mobile) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("101"));
        ada.Dial("101").Send("MESSAGE", "hi", Plain);
        var (first, second) = (desk.Expect("MESSAGE"), mobile.Expect("MESSAGE"));
        desk.Take(first).Reply(first, desks);
        mobile.Take(second).Reply(second, mobiles);
        ada.Expect($"{heard} MESSAGE");
        Assert.Equal(heard, rig.Events.All.OfType<MessageEvent>().Single().Verdict.Status);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData("999", Plain, 404, MessageOutcome.NotFound)]
    [InlineData("105", Plain, 480, MessageOutcome.NotRegistered)]
    [InlineData("101", "Content-Type: nonsense", 400, MessageOutcome.Unacceptable)]
    [InlineData("101", Plain + "\r\nDate: Wed, 31 Dec 2025 23:00:00 GMT\r\nExpires: 60", 480, MessageOutcome.Expired)]
    public void What_cannot_be_delivered_fails_at_once(string number, string headers, int status, MessageOutcome outcome)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        ada.Dial(number).Send("MESSAGE", "hi", headers);
        ada.Expect($"{status} MESSAGE");
        bob.ExpectNothing();
        Assert.Equal(outcome, Assert.IsType<MessageFailed>(rig.Events.All.OfType<MessageEvent>().Single()).Verdict.Outcome);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3428 §8: 1,300 bytes unless every hop controls congestion.
    [Theory]
    [InlineData(1_300, 200)]
    [InlineData(1_301, 413)]
    public void A_text_that_is_too_long_for_datagrams(int length, int status)
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        ada.Dial("101").Send("MESSAGE", new string('x', length), Plain);
        if (status == 200)
        {
            var message = bob.Expect("MESSAGE");
            bob.Take(message).Reply(message, 200);
        }

        ada.Expect($"{status} MESSAGE");
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3428 §8: no second message to a contact before the first one is answered.
    [Fact]
    public void A_phone_gets_one_message_at_a_time_and_in_order()
    {
        var rig = new ExchangeRig();
        var (ada, cleo, bob) = (rig.Phone("100"), rig.Phone("102"), rig.Phone("101"));
        ada.Dial("101").Send("MESSAGE", "one", Plain);
        var one = bob.Expect("MESSAGE");
        cleo.Dial("101").Send("MESSAGE", "two", Plain);
        ada.Dial("101").Send("MESSAGE", "three", Plain);
        bob.ExpectNothing(1);
        bob.Take(one).Reply(one, 200);
        var two = bob.Expect("MESSAGE");
        Assert.Equal("two", two.Body);
        bob.Take(two).Reply(two, 200);
        var three = bob.Expect("MESSAGE");
        Assert.Equal("three", three.Body);
        bob.Take(three).Reply(three, 200);
        ada.Expect("200 MESSAGE");
        ada.Expect("200 MESSAGE");
        cleo.Expect("200 MESSAGE");
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 4320 §4.1 (100 when timer E reaches T2) and §4.2.
    [Fact]
    public void A_phone_that_does_not_answer_is_given_up_before_the_sender_gives_up()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        rig.Network.Detach(bob.Address);
        var before = rig.Network.Now;
        ada.Dial("101").Send("MESSAGE", "hi", Plain);
        ada.Expect("100");
        Assert.InRange((rig.Network.Now - before).TotalSeconds, 3.4, 3.6);
        ada.Expect("480 MESSAGE", 20);
        Assert.InRange((rig.Network.Now - before).TotalSeconds, 14.9, 15.1);
        Assert.Equal(MessageOutcome.NoAnswer, rig.Events.All.OfType<MessageEvent>().Single().Verdict.Outcome);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Who_sends_too_much_waits()
    {
        var rig = new ExchangeRig(options: o => o with { Messages = new MessageOptions { MaxPerMinute = 3 } });
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        void Send(int status)
        {
            ada.Dial("101").Send("MESSAGE", "hi", Plain);
            if (status == 200)
            {
                var message = bob.Expect("MESSAGE");
                bob.Take(message).Reply(message, 200);
            }

            ada.Expect($"{status} MESSAGE");
        }

        Send(200);
        Send(200);
        Send(200);
        Send(503);
        rig.Run(21);
        Send(200);
        Send(503);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 5393 for a B2BUA: our own request came back.
    [Fact]
    public void A_message_that_went_in_a_circle_ends()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        ada.Dial("101").Send("MESSAGE", "hi", Plain);
        var message = bob.Expect("MESSAGE");
        var circle = new ReturnedRequest(message).Again(bob.NewBranch(), bob.Address.ToString(), ExchangeRig.ServerAddress.HostText());
        bob.Send(circle);
        bob.Expect("482 MESSAGE");
        bob.Take(message).Reply(message, 482);
        ada.Expect("482 MESSAGE");
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void Strangers_are_asked_who_they_are()
    {
        var rig = new ExchangeRig(credentials: true);
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var message = ada.Dial("101");
        message.Send("MESSAGE", "hi", Plain);
        var challenge = ada.Expect("407 MESSAGE");
        bob.ExpectNothing();
        message.Send("MESSAGE", "hi", Plain, DigestAnswer.Header(challenge, "MESSAGE", message.RemoteTarget, "100"));
        var got = bob.Expect("MESSAGE");
        Assert.False(got.Has("Proxy-Authorization"));
        bob.Take(got).Reply(got, 200);
        ada.Expect("200 MESSAGE");
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3428 §4 inside a call: to the other phone of the call and to nobody else.
    [Fact]
    public void A_message_inside_a_call_passes()
    {
        var call = new TalkingCall();
        call.A.Send("MESSAGE", "<cpim/>", "Content-Type: message/cpim");
        var message = call.Bob.Expect("MESSAGE");
        Assert.Equal(("<cpim/>", "message/cpim"), (message.Body, message["Content-Type"]));
        call.B.Reply(message, 200);
        call.Ada.Expect("200 MESSAGE");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public void While_the_exchange_is_being_stopped_none_is_taken()
    {
        var rig = new ExchangeRig(new CallOptions { DrainRetryAfter = 25 });
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        rig.Exchange.BeginDrain();
        ada.Dial("101").Send("MESSAGE", "hi", Plain);
        Assert.Equal("25", ada.Expect("503 MESSAGE")["Retry-After"]);
        bob.ExpectNothing();
        Assert.Equal("", rig.Leftovers());
    }

    // Whatever is lost, doubled and reordered: one verdict, one event, and nothing left behind.
    [Fact]
    public void Over_a_bad_network_each_message_has_one_verdict()
    {
        var outcomes = new SortedDictionary<MessageOutcome, int>();
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            var rig = new ExchangeRig(seed: seed, conditions: new NetworkConditions
            {
                Loss = random.NextDouble() * 0.4,
                Duplication = random.NextDouble() * 0.3,
                Delay = random.Next(1, 30),
                Jitter = random.Next(0, 300),
            });
            var ada = new EnginePhone(rig.Network, "100", NetAddress.FromV4(0x0A000101, 5060), ExchangeRig.ServerAddress, new PhonePlan(), seed);
            var bob = new EnginePhone(rig.Network, "101", NetAddress.FromV4(0x0A000102, 5060), ExchangeRig.ServerAddress, new PhonePlan(), seed + 1_000);
            rig.Register("101", bob.ContactUri, bob.Address);
            for (var i = 0; i < 3; i++)
            {
                ada.SendMessage("101", "text " + i.ToString(CultureInfo.InvariantCulture));
                rig.Run(random.NextDouble() * 3);
            }

            Assert.True(rig.Leftovers().Length == 0 && (ada.Leftovers + bob.Leftovers).Length == 0, $"seed {seed}: {rig.Leftovers()} {ada.Leftovers} {bob.Leftovers}");
            var events = rig.Events.All.OfType<MessageEvent>().ToArray();
            Assert.InRange(events.Length, 0, 3);
            foreach (var e in events)
                outcomes[e.Verdict.Outcome] = outcomes.GetValueOrDefault(e.Verdict.Outcome) + 1;
        }

        Assert.True(outcomes[MessageOutcome.Delivered] > 500, string.Join(' ', outcomes));
    }
}
