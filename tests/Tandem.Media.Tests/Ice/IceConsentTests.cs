using System.Text;
using Tandem.Core.Time;
using Tandem.Media.Ice;
using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Ice;

/// <summary>Consent to go on sending (RFC 7675).</summary>
public sealed class IceConsentTests : IceRig
{
    // RFC 7675 §5.1: consent lives by the peer's checks, and no check of ours is needed while they come.
    [Fact]
    public void A_peer_that_checks_is_not_asked()
    {
        Receive(IcePeer.Check(nominates: true), Home);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Check(), Home, after: 5_000));
            Assert.True(_agent.Deadline > Moment.FromMilliseconds(_now));
        }

        Assert.Equal(0, _counters.ChecksSent);
        Assert.Equal(Home, _agent.Selected);
    }

    // A peer that is silent once ICE is done is asked, with its own credentials, and its signed answer is consent.
    [Fact]
    public void A_silent_peer_is_asked()
    {
        Receive(IcePeer.Check(nominates: true), Home);
        Assert.Equal(Moment.FromMilliseconds(_now + 8_000), _agent.Deadline);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(IceVerdict.Valid, Timeout(UntilDeadline(), out var check, out var target));
            Assert.Equal(Home, target);
            Assert.True(StunMessage.TryParse(check, out var request));
            Assert.Equal("peer:ours", Encoding.ASCII.GetString(request.Username));
            Assert.True(request.IsSignedWith(Encoding.ASCII.GetBytes(IcePeer.Password)) && request.HasValidFingerprint());
            Assert.True(request is { IsControlled: true, UseCandidate: false } && request.Priority != 0);
            Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Answer(check), Home, after: 30));
        }

        Assert.Equal((Home, 20L), (_agent.Selected, _counters.ChecksSent));
    }

    [Fact]
    public void Unanswered_checks_come_at_random_intervals_until_consent_ends()
    {
        Receive(IcePeer.Check(nominates: true), Home);
        var start = _now;
        var sent = new List<long>();
        IceVerdict verdict;
        while ((verdict = Timeout(UntilDeadline(), out var check, out _)) != IceVerdict.Selected)
        {
            Assert.NotEmpty(check);
            sent.Add(_now);
        }

        Assert.Equal(start + 30_000, _now);
        Assert.Equal(start + 8_000, sent[0]);
        Assert.All(sent.Zip(sent.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 4_000, 6_001));
        Assert.Equal((true, false, Moment.Never, 1L), (_agent.Selected.IsUnspecified, _agent.IsAllowed(Home), _agent.Deadline, _counters.ConsentLost));

        // Never again with the same credentials, but from another address, and after a restart.
        Assert.Equal(IceVerdict.Refused, Receive(IcePeer.Check(nominates: true), Home));
        Assert.Equal(0, _answered);
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(), Mobile));
        _agent.Apply(new IcePlan("ours2", "newpasswordnewpassword", "peer2", "peerpassword2peerpassword2", false), Moment.FromMilliseconds(_now));
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(nominates: true, username: "ours2:peer2", password: "newpasswordnewpassword"), Home));
    }

    // When the pair in use dies another one that the peer checked lately takes over.
    [Fact]
    public void Another_valid_pair_takes_over()
    {
        Receive(IcePeer.Check(nominates: true), Home);
        Receive(IcePeer.Check(priority: 5), Mobile, after: 20_000);
        Assert.Equal(IceVerdict.Selected, Timeout(10_000, out _, out _));
        Assert.Equal(Mobile, _agent.Selected);
    }

    [Theory]
    [InlineData("right", true)]
    [InlineData("wrong password", false)]
    [InlineData("our password", false)]
    [InlineData("another address", false)]
    [InlineData("another transaction", false)]
    [InlineData("other algorithm", false)]
    [InlineData("error", false)]
    public void Only_the_signed_answer_to_our_own_check_is_consent(string kind, bool counts)
    {
        Receive(IcePeer.Check(nominates: true), Home);
        Timeout(8_000, out var check, out _);
        var answer = kind switch
        {
            "wrong password" => IcePeer.Answer(check, "nonsense"),
            "our password" => IcePeer.Answer(check, IcePeer.OurPassword),
            "another transaction" => IcePeer.Answer(IcePeer.Check()),
            "other algorithm" => IcePeer.Answer(check, sha256: true),
            "error" => IcePeer.Answer(check, error: 500),
            _ => IcePeer.Answer(check),
        };
        Receive(answer, kind == "another address" ? Stranger : Home);
        while (_now < 25_000)
            Timeout(1_000, out _, out _);
        Assert.Equal(Home, _agent.Selected);
        Timeout(8_000, out _, out _);
        Assert.Equal(counts, _agent.Selected == Home);
    }

    // RFC 7675 §5.1: an answer may be one to an earlier check.
    [Fact]
    public void A_late_answer_counts()
    {
        Receive(IcePeer.Check(nominates: true), Home);
        Timeout(8_000, out var first, out _);
        Timeout(6_000, out var second, out _);
        Assert.NotEmpty(second);
        Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Answer(first), Home));
        Assert.Equal(Moment.FromMilliseconds(_now + 8_000), _agent.Deadline);

        // Each answer once.
        Assert.Equal(IceVerdict.Ignored, Receive(IcePeer.Answer(first), Home));
    }

    // RFC 7675 §5.2
    [Fact]
    public void A_signed_403_ends_consent_at_once()
    {
        Receive(IcePeer.Check(nominates: true), Home);
        Timeout(8_000, out var check, out _);
        Assert.Equal(IceVerdict.Forged, Receive(IcePeer.Answer(check, "nonsense", error: 403), Home));
        Assert.Equal(Home, _agent.Selected);
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Answer(check, error: 403), Home));
        Assert.True(_agent.Selected.IsUnspecified);
    }
}
