using Tandem.Calls.Registrar;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>OPTIONS to contacts behind NAT (the purpose of RFC 5626 §3.5, by the means that every phone knows).</summary>
public class KeepAliveTests
{
    private const string Contact = "sip:100@10.0.0.5:5060";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly SipFlow Nat = RegistrarRig.UdpFrom("203.0.113.9", 40_001);

    [Theory]
    [InlineData("sip:100@192.0.2.7", SipTransportKind.Udp, "192.0.2.7", 5060, false)]
    [InlineData("sip:100@192.0.2.7:5062", SipTransportKind.Udp, "192.0.2.7", 5062, false)]
    [InlineData("sip:100@192.0.2.7:5062", SipTransportKind.Udp, "192.0.2.7", 5060, true)]
    [InlineData("sip:100@10.0.0.5", SipTransportKind.Udp, "192.0.2.7", 5060, true)]
    [InlineData("sip:100@phone.example", SipTransportKind.Udp, "192.0.2.7", 5060, true)]
    [InlineData("sip:100@[2001:db8::7]", SipTransportKind.Udp, "2001:db8::7", 5060, false)]
    [InlineData("sip:100@192.0.2.7;transport=tcp", SipTransportKind.Tcp, "192.0.2.7", 51_234, false)]
    [InlineData("sip:100@10.0.0.5;transport=tcp", SipTransportKind.Tcp, "192.0.2.7", 51_234, true)]
    [InlineData("sip:100@192.0.2.7;transport=tls", SipTransportKind.Tls, "192.0.2.7", 51_234, false)]
    public void A_contact_that_is_not_the_source_is_behind_nat(string contact, SipTransportKind kind, string host, int port, bool behind)
    {
        var rig = new RegistrarRig { Flow = RegistrarRig.From(kind, host, port) };

        rig.Register($"Contact: <{contact}>");

        Assert.Equal(behind, Assert.Single(rig.Lookup()).BehindNat);
    }

    [Fact]
    public void The_first_comes_within_the_interval_and_then_one_each_interval_to_the_source()
    {
        var rig = new RegistrarRig { Flow = Nat };
        rig.Register($"Contact: <{Contact}>");

        for (var round = 1; round <= 3; round++)
        {
            rig.Advance(Interval);
            Assert.Equal(round, rig.Sent.Count);
            rig.Answer(rig.Sent[^1].Message, Nat);
        }

        Assert.All(rig.Sent, s => Assert.Equal(Nat, s.Target));
        Assert.All(rig.Sent.Zip(rig.Sent.Skip(1)), pair => Assert.Equal(Interval, pair.Second.At - pair.First.At));
        Assert.True(rig.Sent[0].At <= Moment.Zero + Interval);
        var options = rig.Sent[0].Message;
        Assert.Equal(("OPTIONS", Contact, $"<{Contact}>"), (options.Method, options.RequestUri, options["To"]));
        Assert.StartsWith("<sip:192.0.2.1:5060>;tag=", options["From"], StringComparison.Ordinal);
        Assert.Equal("70", options["Max-Forwards"]);
        Assert.Equal([1, 2, 3], rig.Sent.Select(s => s.Message.CSeq));
        Assert.Single(rig.Sent.Select(s => s.Message.CallId).Distinct());
        Assert.Equal((3, 3, 0), (rig.Service.Counters.KeepAlivesSent, rig.Service.Counters.KeepAlivesAnswered, rig.Service.Counters.KeepAlivesFailed));
        Assert.Equal(0, rig.Service.KeepAlivesInFlight);
    }

    [Theory] // Any final response shows that the contact is there.
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(486)]
    public void An_answer_is_a_sign_of_life(int status)
    {
        var rig = new RegistrarRig { Flow = Nat };
        rig.Register($"Contact: <{Contact}>");
        rig.Advance(Interval);

        rig.Answer(rig.Sent[0].Message, Nat, status);

        Assert.Equal(rig.UtcNow, Assert.Single(rig.Lookup()).LastSeen);
        Assert.Equal(1, rig.Service.Counters.KeepAlivesAnswered);

        // Only REGISTER moves the end of the binding, and only REGISTER is written to the store.
        Assert.Single(rig.Store.Log);
        Assert.Equal(RegistrarRig.Epoch.AddSeconds(3_600), rig.Lookup()[0].ExpiresAt);
    }

    [Fact]
    public void A_contact_without_nat_gets_none()
    {
        var rig = new RegistrarRig();
        rig.Register("Contact: <sip:100@192.0.2.7>");

        rig.Advance(Interval * 10);

        Assert.Empty(rig.Sent);
    }

    [Fact]
    public void An_interval_of_zero_sends_none()
    {
        var rig = new RegistrarRig(new RegistrarOptions { KeepAliveInterval = TimeSpan.Zero }) { Flow = Nat };
        rig.Register($"Contact: <{Contact}>");

        rig.Advance(Interval * 10);

        Assert.Empty(rig.Sent);
    }

    [Fact]
    public void Silence_is_counted_and_by_default_costs_nothing_more()
    {
        var rig = new RegistrarRig { Flow = Nat };
        rig.Register($"Contact: <{Contact}>");

        rig.AdvanceSeconds(300);

        // Timer F takes 32 s, so the next one waits for the round after: one a minute.
        Assert.InRange(rig.Service.Counters.KeepAlivesFailed, 4, 5);
        Assert.Equal(0, rig.Service.Counters.KeepAlivesAnswered);
        Assert.Equal([Contact], rig.Contacts());
    }

    [Fact]
    public void With_a_limit_a_silent_contact_is_given_up()
    {
        var rig = new RegistrarRig(new RegistrarOptions { KeepAliveFailureLimit = 2 }) { Flow = Nat };
        rig.Register($"Contact: <{Contact}>");

        rig.AdvanceSeconds(200);

        Assert.Empty(rig.Contacts());
        Assert.Empty(rig.Store.Bindings);
        Assert.Equal(["Registered " + Contact, "Unreachable " + Contact], rig.Events);
        Assert.Equal(2, rig.Service.Counters.KeepAlivesFailed);
    }

    [Fact]
    public void An_answer_in_between_starts_the_count_again()
    {
        var rig = new RegistrarRig(new RegistrarOptions { KeepAliveFailureLimit = 2 }) { Flow = Nat };
        rig.Register($"Contact: <{Contact}>");
        var answered = 0;
        for (var second = 0; second < 600; second++)
        {
            rig.AdvanceSeconds(1);

            // Every second OPTIONS is answered.
            if (rig.Sent.Count % 2 == 0 && rig.Sent.Count > answered)
            {
                answered = rig.Sent.Count;
                rig.Answer(rig.Sent[^1].Message, Nat);
            }
        }

        Assert.True(rig.Service.Counters.KeepAlivesFailed >= 5);
        Assert.Equal([Contact], rig.Contacts());
    }

    [Fact]
    public void The_number_in_flight_is_bounded()
    {
        var rig = new RegistrarRig(new RegistrarOptions { MaxKeepAlivesInFlight = 3 }) { Flow = Nat };
        for (var n = 100; n <= 109; n++)
            rig.RegisterAs($"{n}", $"c{n}", 1, $"Contact: <sip:{n}@10.0.0.5>");

        rig.Advance(Interval);

        Assert.Equal(3, rig.Service.KeepAlivesInFlight);
        Assert.Equal(3, rig.Service.Counters.KeepAlivesSent);
        Assert.Equal(7, rig.Service.Counters.KeepAlivesLeftOut);
    }

    [Fact]
    public void They_are_spread_over_the_interval()
    {
        var rig = new RegistrarRig(new RegistrarOptions { MaxKeepAlivesInFlight = 1_000 }, extensions: new ExtensionRange(1_000, 1_999)) { Flow = Nat };
        for (var n = 1_000; n < 2_000; n++)
        {
            rig.Directory.Extensions[$"{n}"] = rig.Directory.Extensions["100"] with { Number = $"{n}" };
            rig.RegisterAs($"{n}", $"c{n}", 1, $"Contact: <sip:{n}@10.0.0.5>");
        }

        rig.AdvanceSeconds(30);
        Assert.Equal(1_000, rig.Service.Counters.KeepAlivesSent + rig.Service.Counters.KeepAlivesLeftOut);

        // 1,000 in 30 s are 33 a second; a third of that or three times as much does not happen with an even spread.
        for (var second = 0; second < 30; second++)
            Assert.InRange(rig.Sent.Count(s => s.At.Milliseconds / 1_000 == second), 11, 100);
    }

    [Fact]
    public void Removal_ends_it_also_with_one_in_flight()
    {
        var rig = new RegistrarRig { Flow = Nat };
        rig.Register($"Contact: <{Contact}>");
        rig.Advance(Interval);
        rig.Register("Contact: *", "Expires: 0");

        rig.Answer(rig.Sent[0].Message, Nat);
        rig.AdvanceSeconds(600);

        Assert.Single(rig.Sent);
        Assert.Equal(0, rig.Service.KeepAlivesInFlight);
        Assert.Equal(0, rig.Wheel.Count);
    }

    [Fact]
    public void A_phone_that_left_its_nat_gets_no_more()
    {
        var rig = new RegistrarRig { Flow = Nat };
        rig.Register($"Contact: <{Contact}>");
        rig.Flow = RegistrarRig.UdpFrom("10.0.0.5", 5060);
        rig.Register($"Contact: <{Contact}>");

        rig.Advance(Interval * 3);

        Assert.Empty(rig.Sent);
    }

    [Fact]
    public void Events_of_others_are_left_to_them()
    {
        var rig = new RegistrarRig();

        Assert.False(rig.Service.TakeKeepAlive(new SipEvent(SipEventKind.Timeout, null, Nat, null, null, null), Moment.Zero));
    }

    // Each dead contact waits 32 s for an answer that never comes; together they must not take all places for ever.
    [Fact]
    public void Dead_contacts_leave_places_to_living_ones()
    {
        var rig = new RegistrarRig(new RegistrarOptions { KeepAliveInterval = TimeSpan.FromSeconds(40), MaxKeepAlivesInFlight = 4 }) { Flow = Nat };
        for (var number = 100; number <= 109; number++)
            rig.RegisterAs($"{number}", $"call-{number}", 1, $"Contact: <sip:{number}@10.0.0.5>;expires=7200");

        rig.AdvanceSeconds(400);
        var alive = RegistrarRig.UdpFrom("203.0.113.9", 40_002);
        rig.Flow = alive;
        rig.RegisterAs("110", "call-110", 1, "Contact: <sip:110@10.0.0.6>;expires=7200");
        var sent = 0;
        for (var second = 0; second < 400; second++)
        {
            var before = rig.Sent.Count;
            rig.AdvanceSeconds(1);
            foreach (var options in rig.Sent.Skip(before).Where(s => s.Target == alive).ToArray())
            {
                sent++;
                rig.Answer(options.Message, alive);
            }
        }

        Assert.Equal(10, sent);
        Assert.True(rig.Service.Counters.KeepAlivesLeftOut > 0);
    }
}
