using Tandem.Calls.Events;
using Tandem.Calls.Limits;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Limits;

namespace Tandem.Calls.Tests.Security.Toll;

/// <summary>Two nodes with one tenant: the money of its day is spent together, whatever their clocks say.</summary>
public sealed class TollMoneyOfNodesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Money_is_spent_together_and_stays_spent_when_its_node_goes()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxSpendPerDay = 10 });
        (a.Price, b.Price) = (new TollPrice(1m, 60), new TollPrice(1m, 60));
        var ended = a.Admit(Noon);
        ended.Answered(Noon);
        ended.Ended(Noon.AddMinutes(6));
        var runs = a.Admit(Noon.AddMinutes(6));
        runs.Answered(Noon.AddMinutes(6));
        var here = b.Admit(Noon.AddMinutes(6));
        here.Answered(Noon.AddMinutes(6));

        // 6 that are spent, 2 that run there, 2 here.
        a.TellTo(b, Noon.AddMinutes(8));
        Assert.Equal(10, b.Guard.Show(TollNode.Tenant, Noon.AddMinutes(8)).SpentToday);
        Assert.Equal(TimeSpan.Zero, here.Remaining(Noon.AddMinutes(8)));
        here.Ended(Noon.AddMinutes(8));
        b.Remote.Tell([]);
        Assert.Equal(TollRule.Spend, b.Ask(Noon.AddMinutes(8)));
        Assert.Equal(2, b.Kept.Spent); // each keeps its own

        // A new day has new money at both, whatever is told of the old one.
        a.TellTo(b, Noon.AddMinutes(9));
        Assert.Equal(0, b.Guard.Show(TollNode.Tenant, Noon.AddDays(1)).SpentToday);
        Assert.Null(b.Ask(Noon.AddDays(1)));
    }

    [Fact]
    public void What_the_others_had_kept_counts_after_a_start_and_is_not_counted_twice()
    {
        var day = DateOnly.FromDateTime(Noon.DateTime);
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxSpendPerDay = 10 });
        b.OfOthers = [("a", new TollState(day, 4, null)), ("", new TollState(day, 3, null)), ("gone", new TollState(day.AddDays(-1), 9, new TollBlock(TollRule.Rate, "too many", Noon.AddMinutes(-1), null)))];
        Assert.Equal(TollRule.Blocked, b.Ask(Noon));
        Assert.NotNull(b.Lift(Noon));
        Assert.Null(b.Ask(Noon));
        Assert.Equal(7, b.Guard.Show(TollNode.Tenant, Noon).SpentToday);
        b.Guard.Hear("a", TollNode.Tenant, new TollState(day, 5, null), Noon);
        b.Guard.Hear("a", TollNode.Tenant, new TollState(day, 4.5m, null), Noon); // late
        Assert.Equal(8, b.Guard.Show(TollNode.Tenant, Noon).SpentToday);
        Assert.Empty(a.Guard.CollectUse(Noon));
    }

    // What its calls cost is spent now, whatever day its clock has; set right, it tells today's again, and counts that of the others.
    [Fact]
    public void Money_of_a_clock_that_is_a_day_ahead_counts_today_only_and_so_when_it_is_set_right()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxSpendPerDay = 100 });
        (a.Price, b.Price) = (new TollPrice(1m, 60), new TollPrice(1m, 60));
        a.Call(Noon.AddDays(1), 5);
        a.TellTo(b, Noon.AddDays(1), hears: Noon);
        Assert.Equal(5, b.Guard.Show(TollNode.Tenant, Noon).SpentToday);

        b.Call(Noon, 3);
        a.Call(Noon, 2);
        a.TellTo(b, Noon.AddMinutes(10));
        b.TellTo(a, Noon.AddMinutes(10));
        Assert.Equal((10, 10), (a.Guard.Show(TollNode.Tenant, Noon.AddMinutes(10)).SpentToday, b.Guard.Show(TollNode.Tenant, Noon.AddMinutes(10)).SpentToday));

        // Nobody is that far ahead: it would count on many days.
        b.Guard.Hear("c", TollNode.Tenant, new TollState(DateOnly.FromDateTime(Noon.DateTime).AddDays(2), 50, null), Noon);
        Assert.Equal(10, b.Guard.Show(TollNode.Tenant, Noon.AddMinutes(10)).SpentToday);

        // The next day has new money at both.
        a.TellTo(b, Noon.AddDays(1));
        Assert.Equal((0, 0), (a.Guard.Show(TollNode.Tenant, Noon.AddDays(1)).SpentToday, b.Guard.Show(TollNode.Tenant, Noon.AddDays(1)).SpentToday));
    }

    // The money of a clock that was far ahead is that of the day on which it was set right, whether it was while the node ran or not, and whether somebody calls there then or not.
    [Theory]
    [InlineData(1, true, false)]
    [InlineData(30, false, true)]
    [InlineData(30, true, true)]
    [InlineData(30, true, false)]
    [InlineData(30, false, false)]
    public void Money_of_a_clock_that_was_days_ahead_does_not_count_till_then(int days, bool isRestarted, bool calls)
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxSpendPerDay = 6 });
        (a.Price, b.Price) = (new TollPrice(1m, 60), new TollPrice(1m, 60));
        a.Call(Noon.AddDays(days), 5);
        if (isRestarted)
        {
            var (again, _) = TollNode.Pair(a.Rules);
            (again.Price, again.Kept) = (a.Price, a.Kept);
            a = again;
            a.Guard.Show(TollNode.Tenant, Noon);
        }

        a.TellTo(b, Noon);
        Assert.Equal(5, b.Guard.Show(TollNode.Tenant, Noon).SpentToday);
        if (calls)
        {
            a.Call(Noon, 1);
            Assert.Equal(TollRule.Spend, a.Ask(Noon.AddMinutes(2)));
        }

        for (var day = 1; day < 3; day++)
        {
            var now = Noon.AddDays(day);
            a.TellTo(b, now);
            Assert.Equal(0, b.Guard.Show(TollNode.Tenant, now).SpentToday);
            Assert.Null(b.Guard.Show(TollNode.Tenant, now).Block);
            if (!calls)
                continue;

            a.Call(now, 5);
            Assert.Equal(5, a.Guard.Show(TollNode.Tenant, now.AddMinutes(6)).SpentToday);
            a.TellTo(b, now.AddMinutes(6));
            Assert.Equal(5, b.Guard.Show(TollNode.Tenant, now.AddMinutes(6)).SpentToday);
        }
    }

    // East of it the next day has begun, west of it the last one has not ended: neither gives new money, to and fro neither.
    [Fact]
    public void A_time_zone_that_changes_brings_no_new_money()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxSpendPerDay = 100 });
        (a.Price, b.Price) = (new TollPrice(1m, 60), new TollPrice(1m, 60));
        a.Call(Noon, 5);
        foreach (var zone in new[] { "Etc/GMT-14", "Etc/GMT+12", "Etc/GMT-14", "UTC", "Etc/GMT+12", "UTC" })
        {
            a.Rules = b.Rules = a.Rules with { TimeZone = zone };
            a.TellTo(b, Noon);
            Assert.Equal((zone, 5, 5), (zone, a.Guard.Show(TollNode.Tenant, Noon).SpentToday, b.Guard.Show(TollNode.Tenant, Noon).SpentToday));
        }

        // What was spent before yesterday is over in any zone.
        a.Rules = a.Rules with { TimeZone = "Etc/GMT-14" };
        Assert.Equal(0, a.Guard.Show(TollNode.Tenant, Noon.AddDays(2)).SpentToday);
    }
}
