using Tandem.Calls.Events;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;
using static Tandem.Calls.Tests.Trunks.Registration.RegistrationBench;

namespace Tandem.Calls.Tests.Trunks.Registration;

/// <summary>RFC 3261 §22 as the client of a registrar does it: who gets an answer to a challenge, and who does not.</summary>
public sealed class RegistrationChallengeTests
{
    [Theory]
    [InlineData("MD5", 401)]
    [InlineData("SHA-256", 401)]
    [InlineData("MD5", 407)]
    [InlineData("SHA-256", 407)]
    public void A_challenge_is_answered_and_its_nonce_used_again(string algorithm, int status)
    {
        var (rig, provider) = Rig();
        WireMessage? challenged = null;
        provider.Answer = request =>
        {
            if (Provider.Knows(request, "n1"))
                return Provider.Granted(request, 100);

            challenged = request;
            return Provider.Challenge("n1", algorithm: algorithm, status: status);
        };
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(1);
        Assert.Equal(2, provider.Registers.Count);
        Assert.NotNull(challenged);
        var credentials = provider.Registers[1][status == 401 ? "Authorization" : "Proxy-Authorization"];
        Assert.Contains("username=\"ada\"", credentials, StringComparison.Ordinal);
        Assert.Contains($"algorithm={algorithm}", credentials, StringComparison.Ordinal);
        Assert.Contains("nc=00000001", credentials, StringComparison.Ordinal);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);

        rig.Run(95);
        Assert.Equal(3, provider.Registers.Count);
        Assert.Contains("nc=00000002", provider.Registers[2].All(status == 401 ? "Authorization" : "Proxy-Authorization").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stale_nonce_is_replaced()
    {
        var (rig, provider) = Rig();
        var nonce = "n1";
        provider.Answer = request => Provider.Knows(request, nonce) ? Provider.Granted(request, 100) : Provider.Challenge(nonce, stale: nonce != "n1");
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(1);
        nonce = "n2";
        rig.Run(95);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);
        Assert.Equal(4, provider.Registers.Count);
    }

    [Fact]
    public void A_wrong_password_is_said_and_not_tried_until_the_account_is_locked()
    {
        var (rig, provider) = Rig();
        provider.Answer = _ => Provider.Challenge("n" + provider.Requests.Count);
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(20);
        Assert.Equal(2, provider.Registers.Count);
        Assert.Equal((ProfileStatus.Failed, 401, "The provider does not accept user name and password", "Unauthorized"), Shown(rig));
        rig.Run(3600);
        Assert.InRange(provider.Registers.Count, 8, 14);

        // The right one is tried as soon as it is saved.
        var before = provider.Registers.Count;
        provider.Answer = request => request.Has("Authorization") ? Provider.Granted(request, 3600) : Provider.Challenge("x");
        rig.Profiles.Save(ProfileSamples.Profile() with { Password = new Secret("other") });
        rig.Run(1);
        Assert.Equal(before + 2, provider.Registers.Count);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);
        Assert.Single(provider.Registers.Select(r => r.CallId).Distinct());
    }

    [Theory]
    [InlineData("other realm", "The provider asked for the password of another realm than before: it did not get it")]
    public void A_foreign_realm_gets_no_answer_and_that_is_said(string realm, string text)
    {
        var (rig, provider) = Rig();
        provider.Answer = _ => Provider.Challenge("n", realm);
        rig.Profiles.Save(ProfileSamples.Profile() with { Realm = "provider" });
        rig.Run(5);
        Assert.Single(provider.Registers);
        Assert.Equal((ProfileStatus.Failed, text), (State(rig).Status, State(rig).Text));
    }

    [Fact]
    public void A_foreign_host_that_a_redirection_leads_to_gets_no_password()
    {
        var (rig, provider) = Rig();
        var thief = new Provider(rig.Network, ProfileSamples.SecondAddress) { Answer = _ => Provider.Challenge("n") };
        provider.Answer = _ => ["302 Moved Temporarily", $"Contact: <sip:{ProfileSamples.SecondAddress}>"];
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(3);
        Assert.Single(provider.Registers);
        Assert.False(Assert.Single(thief.Registers).Has("Authorization"));
        Assert.Equal("A host that is not the provider's asked for the password: it did not get it", State(rig).Text);
    }

    // Also when an earlier nonce could be answered, and when it takes the registration: it is not even asked to forget it with the password.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_foreign_host_that_a_refresh_is_led_to_gets_no_password(bool takesIt)
    {
        var (rig, provider) = Rig();
        var thief = new Provider(rig.Network, ProfileSamples.SecondAddress) { Answer = request => takesIt ? Provider.Granted(request, 60) : Provider.Challenge("t") };
        provider.Answer = request => request.Has("Authorization") ? Provider.Granted(request, 60) : Provider.Challenge("n");
        rig.Profiles.Save(ProfileSamples.Profile());
        rig.Run(3);
        Assert.Equal(ProfileStatus.Registered, State(rig).Status);

        provider.Answer = _ => ["302 Moved Temporarily", $"Contact: <sip:{ProfileSamples.SecondAddress}>"];
        rig.Run(120);
        Assert.NotEmpty(thief.Registers);
        thief.Answer = _ => Provider.Challenge("t");
        rig.Profiles.Remove(ProfileSamples.Profile().Id);
        rig.Run(10);
        Assert.DoesNotContain(thief.Registers, request => request.Has("Authorization"));
    }
}
