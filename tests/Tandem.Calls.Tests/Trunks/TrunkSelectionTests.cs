using Tandem.Calls.Trunks;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>Which profile carries a call: state, then priority, then weight (RFC 2782's, by count with a seed).</summary>
public sealed class TrunkSelectionTests
{
    private const int Calls = 12_000;

    [Theory]
    [InlineData(10, 10, 10)]
    [InlineData(60, 30, 10)]
    [InlineData(1, 2, 3)]
    [InlineData(65_535, 1, 1)]
    public void Among_equals_each_has_its_share_by_weight(int first, int second, int third)
    {
        int[] weights = [first, second, third];
        var profiles = weights.Select((weight, i) => Profile($"p{i}", 10, weight)).ToList();
        var random = new Random(7);
        var carried = new int[3];
        var next = new int[3];
        for (var i = 0; i < Calls; i++)
        {
            var routes = TrunkSelection.Of(profiles, "030123456", _ => null, 3, random);
            Assert.Equal(3, routes.Select(route => route.Profile.Id).Distinct().Count());
            carried[Index(routes[0])]++;
            next[Index(routes[1])]++;
        }

        // Five standard deviations of a share that is drawn so often; the seed is fixed, so that the outcome is too.
        double sum = weights.Sum();
        for (var i = 0; i < 3; i++)
        {
            var share = weights[i] / sum;
            Assert.InRange(carried[i], (Calls * share) - Slack(share), (Calls * share) + Slack(share));

            // Who comes second: one of the others was first, and of the rest it is this one by weight.
            var second2 = Enumerable.Range(0, 3).Where(j => j != i).Sum(j => weights[j] / sum * (weights[i] / (sum - weights[j])));
            Assert.InRange(next[i], (Calls * second2) - Slack(second2), (Calls * second2) + Slack(second2));
        }

        static int Index(TrunkRoute route) => route.Profile.Id.Value[1] - '0';
        static double Slack(double share) => 1 + (5 * Math.Sqrt(Calls * share * (1 - share)));
    }

    [Fact]
    public void Those_without_a_weight_come_when_no_other_is_left()
    {
        var profiles = new[] { Profile("p0", 10, 0), Profile("p1", 10, 1), Profile("p2", 10, 0) };
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
            Assert.Equal("p1", TrunkSelection.Of(profiles, "030123456", _ => null, 3, random)[0].Profile.Id.Value);
    }

    [Fact]
    public void A_weight_never_crosses_a_priority_and_a_priority_never_one_that_failed()
    {
        var profiles = new[] { Profile("p0", 5, 1), Profile("p1", 10, 60_000), Profile("p2", 1, 60_000) };
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var routes = TrunkSelection.Of(profiles, "030123456", id => State(id, id.Value == "p2" ? ProfileStatus.Failed : ProfileStatus.Registered), 3, random);
            Assert.Equal(["p0", "p1", "p2"], routes.Select(route => route.Profile.Id.Value));
        }
    }

    [Fact]
    public void What_is_switched_off_or_does_not_answer_is_no_way_and_no_more_are_tried_than_may_be()
    {
        var profiles = new[] { Profile("p0", 1, 1) with { Enabled = false }, Profile("p1", 1, 1), Profile("p2", 2, 1), Profile("p3", 3, 1), Profile("p4", 4, 1) };
        ProfileState? StateOf(ProfileId id) => id.Value == "p1" ? State(id, ProfileStatus.Ready) with { IsReachable = false } : null;
        Assert.Equal(["p2", "p3"], TrunkSelection.Of(profiles, "030123456", StateOf, 2, new Random(1)).Select(route => route.Profile.Id.Value));
        Assert.Empty(TrunkSelection.Of(profiles, "*99", StateOf, 2, new Random(1)));
        Assert.Empty(TrunkSelection.Of([], "030123456", StateOf, 2, new Random(1)));
    }

    private static SipProfile Profile(string id, int priority, int weight) =>
        ProfileSamples.Profile(id) with { Priority = priority, Weight = weight, Numbers = new NumberPlan("49") };

    private static ProfileState State(ProfileId id, ProfileStatus status) =>
        new() { Id = id, Tenant = ProfileSamples.Profile().Tenant, Status = status, Since = default };
}
