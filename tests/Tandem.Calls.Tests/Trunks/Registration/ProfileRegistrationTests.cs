using Tandem.Calls.Events;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;
using static Tandem.Calls.Tests.Trunks.Registration.RegistrationBench;

namespace Tandem.Calls.Tests.Trunks.Registration;

/// <summary>RFC 3261 §10.2 as the client does it, row by row, in virtual time.</summary>
public sealed class ProfileRegistrationTests
{
    private static readonly string[] Forbidden = ["403 Account Locked", "Warning: 399 sbc \"pay your bill\""];

    [Fact]
    public void A_saved_profile_registers_within_a_second_and_says_who_it_is()
    {
        var (rig, provider) = Rig();
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(1);
        var register = Assert.Single(provider.Registers);
        Assert.Equal("sip:provider.test", register.RequestUri);
        Assert.StartsWith("<sip:ada@provider.test>;tag=", register["From"], StringComparison.Ordinal);
        Assert.Equal("<sip:ada@provider.test>", register["To"]);
        Assert.Equal("sip:tokenp1@198.51.100.1:5060;line=tokenp1", register.ContactUri);
        Assert.Contains(";reg-id=1;+sip.instance=\"<urn:uuid:", register["Contact"], StringComparison.Ordinal);
        Assert.True(register.Lists("Supported", "outbound"));
        var state = State(rig);
        Assert.Equal((ProfileStatus.Registered, 200, "The provider has our registration"), (state.Status, state.SipStatus, state.Text));
        Assert.Equal(3600, (state.ExpiresAt - state.Since)!.Value.TotalSeconds, 1.0);
        Assert.Equal(["Trying", "Registered"], rig.Events.All.OfType<ProfileEvent>().Select(e => e.State.Status.ToString()));
    }

    // Never after the end, never all at the same time, the same Call-ID and a rising CSeq (§10.2.4).
    [Theory]
    [InlineData(3600)]
    [InlineData(60)]
    [InlineData(120)]
    public void It_is_refreshed_before_it_ends(int granted)
    {
        var (rig, provider) = Rig();
        provider.Answer = request => Provider.Granted(request, granted);
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(granted * 4);
        var times = provider.Requests.Select(r => r.At).ToList();
        Assert.InRange(times.Count, 5, 9);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, granted * 0.4, granted * 0.905));
        Assert.Single(provider.Registers.Select(r => r.CallId).Distinct());
        Assert.Equal(Enumerable.Range(1, times.Count), provider.Registers.Select(r => r.CSeq));
        Assert.Equal(2, State(rig).History.Count);
    }

    // §10.3 step 7, §21.4.17
    [Theory]
    [InlineData("7200", true)]
    [InlineData("3600", false)]
    [InlineData("86401", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("soon", false)]
    public void A_longer_interval_is_taken_when_it_is_bearable(string least, bool isTaken)
    {
        var (rig, provider) = Rig();
        provider.Answer = request => request["Expires"] == "7200" ? Provider.Granted(request, 7200) : ["423 Interval Too Brief", "Min-Expires: " + least];
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(5);
        Assert.Equal(isTaken ? ProfileStatus.Registered : ProfileStatus.Failed, State(rig).Status);
        Assert.Equal(isTaken ? 2 : 1, provider.Registers.Count);
    }

    [Fact]
    public void An_interval_that_grows_for_ever_is_not_followed_for_ever()
    {
        var (rig, provider) = Rig();
        var least = 3600;
        provider.Answer = _ => ["423 Interval Too Brief", $"Min-Expires: {++least}"];
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(2);
        Assert.InRange(provider.Registers.Count, 2, 11);
        Assert.Equal((ProfileStatus.Failed, "The provider leads the registration in circles"), (State(rig).Status, State(rig).Text));
    }

    // §8.1.3.4
    [Fact]
    public void Redirections_are_followed_so_far()
    {
        var (rig, provider) = Rig();
        provider.Answer = _ => ["302 Moved Temporarily", $"Contact: <sip:203.0.113.1:{5060}>"];
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(4);
        Assert.Equal(4, provider.Registers.Count);
        Assert.Equal((ProfileStatus.Failed, 302, "The provider sends us somewhere else, again and again", "Moved Temporarily"), Shown(rig));

        provider.Answer = request => Provider.Granted(request, 3600);
        rig.Run(18);
        Assert.Equal(4, provider.Registers.Count); // a refusal: half a minute
        rig.Run(10);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);
    }

    [Fact]
    public void A_refusal_is_told_in_the_words_of_the_provider_and_tried_again_slowly()
    {
        var (rig, provider) = Rig();
        provider.Answer = _ => Forbidden;
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(5);
        var (status, sip, text, words) = Shown(rig);
        Assert.Equal((ProfileStatus.Failed, 403), (status, sip));
        Assert.Contains("forbids", text, StringComparison.Ordinal);
        Assert.Equal("Account Locked (399 sbc \"pay your bill\")", words);
        rig.Run(7200);
        Assert.InRange(provider.Registers.Count, 8, 12);
    }

    // §21.5.4, §20.33
    [Theory]
    [InlineData("120", 120, 140)]
    [InlineData("60 (maintenance);duration=3600", 60, 70)]
    [InlineData("999999", 3600, 3970)]
    [InlineData("0", 1, 3)]
    public void Retry_after_is_kept(string value, int least, int most)
    {
        var (rig, provider) = Rig();
        provider.Answer = _ => ["503 Maintenance", "Retry-After: " + value];
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(5000);
        var times = provider.Requests.ConvertAll(r => r.At);
        Assert.InRange((times[1] - times[0]).TotalSeconds, least, most);
    }

    // RFC 5626 §4.5
    [Fact]
    public void Silence_leads_to_growing_pauses_and_an_answer_ends_them()
    {
        var (rig, provider) = Rig();
        provider.Answer = _ => null;
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(3600);
        var times = provider.Requests.ConvertAll(r => r.At);
        var pauses = times.Zip(times.Skip(1), (a, b) => (b - a).TotalSeconds - 32).ToList();
        for (var i = 0; i < pauses.Count; i++)
            Assert.InRange(pauses[i], Math.Min(300, 5 * Math.Pow(2, i)) / 2 - 0.1, Math.Min(300, 5 * Math.Pow(2, i)) + 0.1);
        Assert.Equal((ProfileStatus.Failed, 408, "The provider does not answer", ""), Shown(rig));
        provider.Answer = request => Provider.Granted(request, 3600);
        rig.Run(335);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);
        Assert.Equal(0, State(rig).Failures);
    }

    // RFC 3581, RFC 3261 §18.2.1: the learned address stands in the Contact, and the old one is taken back.
    [Fact]
    public void Behind_nat_the_contact_is_what_the_provider_sees()
    {
        var (rig, provider) = Rig();
        provider.Sees = NetAddress.FromV4(0xC0000209, 41000);
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(2);
        Assert.Equal(2, provider.Registers.Count);
        Assert.Equal("sip:tokenp1@192.0.2.9:41000;line=tokenp1", provider.Registers[1].ContactUri);
        Assert.Contains("198.51.100.1:5060", provider.Registers[1].All("Contact").ElementAt(1), StringComparison.Ordinal);
        Assert.EndsWith(";expires=0", provider.Registers[1].All("Contact").ElementAt(1), StringComparison.Ordinal);
        Assert.Equal("192.0.2.9:41000", State(rig).PublicAddress);

        // The router was restarted: another port from then on.
        provider.Sees = NetAddress.FromV4(0xC0000209, 42000);
        rig.Run(3600);
        Assert.Equal("192.0.2.9:42000", State(rig).PublicAddress);
        Assert.Contains(provider.Registers, r => r.ContactUri.Contains(":42000", StringComparison.Ordinal) && r.All("Contact").Count() == 2);
        rig.Run(3600);
        Assert.Single(provider.Registers[^1].All("Contact"));
    }

    [Fact]
    public void A_provider_that_sees_another_address_each_time_is_not_followed_for_ever()
    {
        var (rig, provider) = Rig();
        var port = 41_000;
        provider.Answer = request =>
        {
            provider.Sees = NetAddress.FromV4(0xC0000209, (ushort)++port);
            return Provider.Granted(request, 3600);
        };
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(60);
        Assert.InRange(provider.Registers.Count, 2, 5);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);
    }

    // §10.2.2
    [Theory]
    [InlineData("removed")]
    [InlineData("disabled")]
    [InlineData("moved")]
    public void Who_goes_takes_the_registration_back(string how)
    {
        var (rig, provider) = Rig();
        provider.Answer = request => request.Has("Authorization") && Provider.Knows(request, "n1") ? Provider.Granted(request, 3600) : Provider.Challenge("n1");
        var profile = rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(1);
        Assert.Equal(2, provider.Registers.Count);
        if (how == "removed")
            rig.Profiles.Remove(profile.Id);
        else
            rig.Profiles.Save(how == "disabled" ? profile with { Enabled = false } : profile with { Server = "203.0.113.2" });
        rig.Run(1);
        var last = provider.Registers[^1];
        Assert.Equal(3, provider.Registers.Count);
        Assert.Equal("0", last["Expires"]);
        Assert.EndsWith(";expires=0;" + last["Contact"].Split(";expires=0;")[1], last["Contact"], StringComparison.Ordinal);
        Assert.Equal(how switch { "removed" => null, "disabled" => ProfileStatus.Disabled, _ => ProfileStatus.Trying }, rig.Exchange.Trunks.Find(profile.Id)?.Status);
        if (how == "moved")
            return;

        Assert.Equal("", rig.Leftovers());
        Assert.Equal(3, provider.Registers.Count);
    }

    [Fact]
    public void Ten_thousand_profiles_do_not_arrive_in_one_second()
    {
        var rig = new ExchangeRig();
        var provider = new Provider(rig.Network, ProfileSamples.ProviderAddress);
        for (var i = 0; i < 2_000; i++)
            rig.Profiles.Save(ProfileSamples.Profile("p" + i));
        rig.Exchange.StartProfiles();
        rig.Run(30);
        Assert.Equal(2_000, provider.Requests.Count);
        var bySecond = provider.Requests.GroupBy(r => r.At.Milliseconds / 1_000).Select(g => g.Count()).ToList();
        Assert.InRange(bySecond.Max(), 90, 110);
        Assert.Equal(2_000, rig.Exchange.Trunks.Count()[ProfileStatus.Registered]);
    }

    // RFC 5626 §6: a registrar or proxy that has no outbound says so.
    [Theory]
    [InlineData("439 First Hop Lacks Outbound Support")]
    [InlineData("420 Bad Extension")]
    public void Without_outbound_it_registers_all_the_same(string answer)
    {
        var (rig, provider) = Rig();
        provider.Answer = request => request["Contact"].Contains("reg-id", StringComparison.Ordinal) ? [answer] : Provider.Granted(request, 3600);
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(1);
        Assert.Equal(2, provider.Registers.Count);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);
    }

    [Fact]
    public void Of_a_huge_list_of_contacts_only_a_part_is_read()
    {
        var (rig, provider) = Rig();
        var others = "Contact: " + string.Join(", ", Enumerable.Range(0, 150).Select(i => $"<sip:o{i}@192.0.2.1>;expires=31"));
        provider.Answer = request => ["200 OK", others, $"Contact: <{request.ContactUri}>;expires=60", "Expires: 500"];
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(1);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);
        Assert.Equal(500, (State(rig).ExpiresAt - State(rig).Since)!.Value.TotalSeconds, 1.0);
    }

    [Theory]
    [InlineData("0", 30)]
    [InlineData("1", 30)]
    [InlineData("4294967295", 86_400)]
    public void A_lifetime_that_makes_no_sense_is_bounded(string granted, int believed)
    {
        var (rig, provider) = Rig();
        provider.Answer = request => ["200 OK", $"Contact: <{request.ContactUri}>;expires={granted}"];
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(2);
        Assert.Equal(believed, (State(rig).ExpiresAt - State(rig).Since)!.Value.TotalSeconds, 1.0);
        Assert.Single(provider.Registers);
    }

    [Fact]
    public void A_profile_without_registration_is_ready_and_sends_nothing()
    {
        var (rig, provider) = Rig();
        rig.Profiles.Save(ProfileSamples.Profile() with { Registers = false });
        rig.Run(60);
        Assert.Empty(provider.Requests);
        Assert.Equal(ProfileStatus.Ready, State(rig).Status);
        rig.Profiles.Remove(new ProfileId("p1"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_provider_that_is_down_is_noticed_and_when_it_is_back_too()
    {
        var (rig, provider) = Rig();
        rig.Profiles.Save(ProfileSamples.Profile() with { Registers = false, HealthIntervalSeconds = 30 });
        rig.Run(10);
        Assert.True(State(rig).IsReachable);
        provider.Answer = _ => null;
        rig.Run(170);
        Assert.False(State(rig).IsReachable);
        Assert.False(State(rig).IsUsable);
        provider.Answer = _ => ["404 Not Found"];
        rig.Run(65);
        Assert.True(State(rig).IsUsable);
        Assert.Equal([null, true, false, true], rig.Events.All.OfType<ProfileEvent>().Select(e => e.State.IsReachable));
        rig.Profiles.Remove(new ProfileId("p1"));
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void A_drained_exchange_has_taken_its_registrations_back()
    {
        var (rig, provider) = Rig();
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(1);
        foreach (var shard in rig.Exchange.Shards)
            shard.Post(shard.Trunks.Stop);
        rig.Run(1);
        Assert.Equal("0", provider.Registers[^1]["Expires"]);
        Assert.Equal("", rig.Leftovers());
    }
}
