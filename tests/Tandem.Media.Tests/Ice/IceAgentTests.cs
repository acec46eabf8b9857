using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Ice;
using Tandem.Media.Plan;
using Tandem.Testing;

namespace Tandem.Media.Tests.Ice;

public sealed class IceAgentTests : IceRig
{
    // RFC 8445 §7.3, RFC 8489 §9.1.3: a signed check is answered with its own source, signed with the same key and algorithm.
    [Theory]
    [InlineData("192.0.2.1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("192.0.2.1", true)]
    public void A_check_is_answered(string host, bool sha256)
    {
        Assert.True(NetAddress.TryParse(host, 1234, out var source));
        var check = IcePeer.Check(sha256: sha256);
        Assert.Equal(IceVerdict.Selected, Receive(check, source));
        Assert.True(StunMessage.TryParse(_answer.AsSpan(0, _answered), out var answer));
        Assert.True(StunMessage.TryParse(check, out var request));
        Assert.Equal(StunClass.Success, answer.Class);
        Assert.Equal(Convert.ToHexString(request.TransactionId), Convert.ToHexString(answer.TransactionId));
        Assert.True(answer.TryGetMappedAddress(out var mapped));
        Assert.Equal(source, mapped);
        Assert.False(answer.HasUsername);
        Assert.Equal(sha256, answer.HasSha256);
        Assert.True(answer.IsSignedWith(Encoding.ASCII.GetBytes(IcePeer.OurPassword)) && answer.HasValidFingerprint());
        Assert.Equal(source, _agent.Selected);
        Assert.False(_agent.IsNominated);
    }

    // RFC 8489 §9.1.3: 400 without credentials, 401 with wrong ones, neither signed. Nothing moves, before and after a nomination.
    [Theory]
    [InlineData("unsigned", 400)]
    [InlineData("nameless", 400)]
    [InlineData("foreign name", 401)]
    [InlineData("name without colon", 401)]
    [InlineData("longer name", 401)]
    [InlineData("wrong password", 401)]
    [InlineData("their password", 401)]
    public void What_is_not_signed_moves_nothing(string kind, int error)
    {
        byte[] Forged() => kind switch
        {
            "unsigned" => IcePeer.Check(nominates: true, priority: uint.MaxValue, sign: false),
            "nameless" => IcePeer.Check(nominates: true, priority: uint.MaxValue, named: false),
            "foreign name" => IcePeer.Check(nominates: true, priority: uint.MaxValue, username: "xxxx:peer"),
            "name without colon" => IcePeer.Check(nominates: true, priority: uint.MaxValue, username: "ours"),
            "longer name" => IcePeer.Check(nominates: true, priority: uint.MaxValue, username: "ourss:peer"),
            "wrong password" => IcePeer.Check(nominates: true, priority: uint.MaxValue, password: "ourpasswordourpasswore"),
            _ => IcePeer.Check(nominates: true, priority: uint.MaxValue, password: IcePeer.Password),
        };
        Assert.Equal(IceVerdict.Forged, Receive(Forged(), Stranger));
        Assert.Equal(error, AnsweredError());
        Assert.True(StunMessage.TryParse(_answer.AsSpan(0, _answered), out var answer) && !answer.HasIntegrity);
        Assert.True(_agent.Selected.IsUnspecified);
        Assert.False(_agent.IsAllowed(Stranger));

        Receive(IcePeer.Check(nominates: true), Home);
        Assert.Equal(IceVerdict.Forged, Receive(Forged(), Stranger));
        Assert.Equal(Home, _agent.Selected);
        Assert.False(_agent.IsAllowed(Stranger));
        Assert.Equal(1, _agent.PairCount);
        Assert.Equal(2, _counters[IceVerdict.Forged]);
    }

    // RFC 8445 §7.3: FINGERPRINT is a must; RFC 8489 §6.3: what fails there is silently discarded.
    [Fact]
    public void What_is_no_check_is_ignored()
    {
        Assert.Equal(IceVerdict.Ignored, Receive(IcePeer.Check(fingerprint: false), Home));
        var changed = IcePeer.Check();
        changed[^1] ^= 1;
        Assert.Equal(IceVerdict.Ignored, Receive(changed, Home));
        Assert.Equal(IceVerdict.Ignored, Receive([0, 1, 2], Home));
        Assert.Equal(IceVerdict.Ignored, Receive([], Home));
        Assert.Equal(IceVerdict.Ignored, Receive(IcePeer.Answer(IcePeer.Check()), Home));
        Assert.Equal((0, 0), (_answered, _agent.PairCount));
        Assert.Equal(5, _counters[IceVerdict.Ignored]);
    }

    // An answer to what is not signed is never longer than the request, and there are few of them.
    [Fact]
    public void Nobody_is_flooded_in_anothers_name()
    {
        var bare = new byte[64];
        var writer = new StunWriter(bare, StunClass.Request, new byte[12]);
        writer.AddFingerprint();
        Assert.Equal(IceVerdict.Forged, Receive(bare[..writer.Length], Stranger));
        Assert.Equal(0, _answered);

        var answers = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var forged = IcePeer.Check(password: "wrong");
            Assert.Equal(IceVerdict.Forged, Receive(forged, Stranger, after: 0));
            Assert.True(_answered <= forged.Length);
            answers += _answered > 0 ? 1 : 0;
        }

        Assert.Equal(10, answers);

        // A forger takes nothing away from the peer.
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(), Home, after: 0));
        Assert.NotEqual(0, _answered);
    }

    [Fact]
    public void Signed_checks_have_a_rate_too()
    {
        var verdicts = new Dictionary<IceVerdict, int>();
        for (var i = 0; i < 300; i++)
        {
            var verdict = Receive(IcePeer.Check(), Home, after: 0);
            verdicts[verdict] = verdicts.GetValueOrDefault(verdict) + 1;
            Assert.Equal(verdict != IceVerdict.Flooded, _answered > 0);
        }

        Assert.Equal((1, 99, 200), (verdicts[IceVerdict.Selected], verdicts[IceVerdict.Valid], verdicts[IceVerdict.Flooded]));
        Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Check(), Home, after: 10));
    }

    // RFC 8489 §6.3.1: the attributes that must be understood and are not, signed.
    [Fact]
    public void Unknown_attributes_are_named()
    {
        Assert.Equal(IceVerdict.Refused, Receive(IcePeer.Check(extra: 0x7F31), Home));
        Assert.Equal(420, AnsweredError());
        Assert.True(StunMessage.TryParse(_answer.AsSpan(0, _answered), out var answer));
        Assert.True(answer.IsSignedWith(Encoding.ASCII.GetBytes(IcePeer.OurPassword)));
        Assert.Contains("000A00027F310000", Convert.ToHexString(_answer.AsSpan(0, _answered)));
        Assert.Equal(0, _agent.PairCount);
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(extra: 0xFF31), Home));
    }

    // RFC 8445 §7.3.1.1: a lite agent is controlled and stays so; the peer changes its role.
    [Fact]
    public void A_role_conflict_is_the_peers_to_mend()
    {
        Assert.Equal(IceVerdict.Refused, Receive(IcePeer.Check(nominates: true, controlled: true), Home));
        Assert.Equal(487, AnsweredError());
        Assert.True(_agent.Selected.IsUnspecified);
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(nominates: true), Home));
    }

    // RFC 8445 §7.3.1.3, §7.3.2, §8.2: several sources; the nominated one is used, before it the one of the highest priority.
    [Fact]
    public void The_peer_selects_among_its_addresses()
    {
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(priority: 50), Mobile));
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(priority: 90), Home));
        Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Check(priority: 50), Mobile));
        Assert.Equal(Home, _agent.Selected);
        Assert.True(_agent.IsAllowed(Home) && _agent.IsAllowed(Mobile) && !_agent.IsAllowed(Stranger));

        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(nominates: true, priority: 50), Mobile));
        Assert.Equal(Mobile, _agent.Selected);
        Assert.True(_agent.IsNominated);

        // Without a nomination nothing moves any more.
        Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Check(priority: 9000), Home));
        Assert.Equal(Mobile, _agent.Selected);
    }

    // RFC 5245 §8.1.1.2 nominates every pair that works; the peer that changes its network nominates one of lower priority later.
    [Fact]
    public void A_nomination_of_lower_priority_waits_a_moment()
    {
        Receive(IcePeer.Check(nominates: true, priority: 90), Home);
        Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Check(nominates: true, priority: 50), Mobile, after: 20));
        Assert.Equal(Home, _agent.Selected);
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(nominates: true, priority: 50), Mobile, after: 500));
        Assert.Equal(Mobile, _agent.Selected);
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(nominates: true, priority: 90), Home, after: 20));
        Assert.Equal(Home, _agent.Selected);
    }

    [Fact]
    public void Addresses_are_bounded_and_the_one_in_use_stays()
    {
        Receive(IcePeer.Check(nominates: true), Home);
        for (var i = 0; i < 500; i++)
            Receive(IcePeer.Check(), Mobile.WithPort(1000 + i), after: 20);

        Assert.Equal(16, _agent.PairCount);
        Assert.Equal(Home, _agent.Selected);
        Assert.True(_agent.IsAllowed(Mobile.WithPort(1499)) && !_agent.IsAllowed(Mobile.WithPort(1000)));
    }

    // RFC 8445 §7.3: checks come before the answer does. The answer tells which of several peers (a fork) it is.
    [Fact]
    public void Checks_before_the_answer_count_once_it_is_there()
    {
        var agent = new IceAgent(new IceOptions(), _counters, new Random(1));
        agent.Apply(IcePeer.Plan with { RemoteUfrag = "", RemotePassword = "" }, Moment.Zero);
        var now = Moment.FromMilliseconds(20);
        Assert.Equal(IceVerdict.Selected, agent.Receive(IcePeer.Check(username: "ours:fork", priority: 200), Mobile, now, _answer, out _));
        Assert.Equal(IceVerdict.Valid, agent.Receive(IcePeer.Check(), Home, now, _answer, out var length));
        Assert.NotEqual(0, length);

        agent.Apply(IcePeer.Plan, now);
        Assert.Equal((Home, 1), (agent.Selected, agent.PairCount));
        Assert.Equal(IceVerdict.Valid, agent.Receive(IcePeer.Check(username: "ours:fork", nominates: true), Mobile, now, _answer, out length));
        Assert.NotEqual(0, length);
        Assert.Equal((Home, 1), (agent.Selected, agent.PairCount));
    }

    // RFC 8445 §9: the pair in use serves until one of the new generation is nominated; old credentials nominate nothing.
    [Fact]
    public void A_restart_keeps_the_sound_until_the_new_pair_is_there()
    {
        Receive(IcePeer.Check(nominates: true, priority: 90), Home);
        Receive(IcePeer.Check(priority: 10), Stranger);
        _agent.Apply(new IcePlan("ours2", "newpasswordnewpassword", "peer2", "peerpassword2peerpassword2", false), Moment.FromMilliseconds(_now));
        Assert.Equal((Home, 1), (_agent.Selected, _agent.PairCount));
        Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Check(nominates: true, priority: 9000), Mobile));
        Assert.NotEqual(0, _answered);
        Assert.Equal((Home, 1), (_agent.Selected, _agent.PairCount));

        Assert.Equal(IceVerdict.Valid, Receive(IcePeer.Check(username: "ours2:peer2", password: "newpasswordnewpassword"), Mobile));
        Assert.Equal(Home, _agent.Selected);
        Assert.Equal(IceVerdict.Selected, Receive(IcePeer.Check(nominates: true, username: "ours2:peer2", password: "newpasswordnewpassword", priority: 1), Mobile));
        Assert.Equal(Mobile, _agent.Selected);
        Assert.Equal(IceVerdict.Forged, Receive(IcePeer.Check(nominates: true), Home));
    }

    [Fact]
    public void The_same_credentials_again_are_no_restart()
    {
        Receive(IcePeer.Check(nominates: true), Home);
        _agent.Apply(IcePeer.Plan with { }, Moment.FromMilliseconds(_now));
        Assert.True(_agent.IsNominated);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var check = IcePeer.Check(nominates: true);
        var forged = IcePeer.Check(password: "wrong");
        void Round()
        {
            for (var i = 0; i < 50; i++)
            {
                Receive(check, Home, after: 50);
                Receive(forged, Stranger, after: 10);
                _now += 9_000;
                _agent.OnDeadline(Moment.FromMilliseconds(_now), _answer, out _, out _);
            }
        }

        var rounds = 0;
        Assert.Equal(0, Garbage.Of(() =>
        {
            Round();
            rounds++;
        }));
        Assert.Equal(50 * rounds, _counters.ChecksSent);
    }
}
