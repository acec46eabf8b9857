using Tandem.Calls.Events;
using Tandem.Calls.Limits;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Limits;

namespace Tandem.Calls.Tests.Security.Toll;

/// <summary>Two nodes with one tenant: caps and blocks are those of both together.</summary>
public sealed class TollGuardOfNodesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Calls_at_once_count_together_and_those_of_a_node_that_went_leave_room()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxConcurrent = 3, MaxPerMinute = 100 });
        a.Admit(Noon);
        var second = a.Admit(Noon);
        a.TellTo(b, Noon);
        var third = b.Admit(Noon);
        Assert.Equal(TollRule.Concurrent, b.Ask(Noon));
        Assert.Equal(3, b.Guard.Show(TollNode.Tenant, Noon).Calls);

        second.Ended(Noon);
        a.TellTo(b, Noon);
        Assert.Null(b.Ask(Noon));
        third.Ended(Noon);
        b.Remote.Tell([]); // nothing is heard of a any more
        for (var i = 0; i < 2; i++)
            Assert.Null(b.Ask(Noon));
        Assert.Equal(TollRule.Concurrent, b.Ask(Noon));
    }

    [Fact]
    public void A_cap_of_a_profile_counts_its_calls_at_both_and_no_others()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 100 }, new TollRules { Allowed = ["*"], MaxConcurrent = 2 });
        a.Admit(Noon);
        a.Admit(Noon, "other");
        a.TellTo(b, Noon);
        Assert.Null(b.Ask(Noon));
        Assert.Equal(TollRule.Concurrent, b.Ask(Noon));
        Assert.Null(b.Ask(Noon, profile: "other"));
    }

    [Fact]
    public void Too_many_in_a_minute_at_both_trip_one_and_its_block_holds_at_the_other()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 4, BlockFor = TimeSpan.FromMinutes(5) });
        for (var i = 0; i < 2; i++)
        {
            a.Admit(Noon).Ended(Noon);
            b.Admit(Noon).Ended(Noon);
        }

        a.TellTo(b, Noon);
        Assert.Equal(TollRule.Rate, b.Ask(Noon));
        Assert.Equal(TollRule.Rate, Assert.Single(b.Events).Block!.Rule);

        b.TellTo(a, Noon);
        Assert.Equal(TollRule.Blocked, a.Ask(Noon));
        Assert.Equal(b.Guard.Show(TollNode.Tenant, Noon).Block, a.Guard.Show(TollNode.Tenant, Noon).Block);
        Assert.Empty(a.Events);
        Assert.Equal(TollRule.Blocked, a.Ask(Noon.AddMinutes(4.9)));
        b.TellTo(a, Noon.AddMinutes(5.1));
        Assert.Null(a.Ask(Noon.AddMinutes(5.1)));
    }

    [Fact]
    public void Probing_at_two_nodes_in_turn_trips_as_early_as_at_one()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["GB"], MaxRefusedPerMinute = 6 });
        for (var i = 0; i < 3; i++)
            Assert.Equal(TollRule.Destination, a.Ask(Noon, "+4930123456"));
        a.TellTo(b, Noon);
        b.Ask(Noon, "+4930123456");
        b.Ask(Noon, "+4930123456");
        Assert.Null(b.Guard.Show(TollNode.Tenant, Noon).Block);
        b.Ask(Noon, "+4930123456");
        Assert.Equal(TollRule.Probing, b.Guard.Show(TollNode.Tenant, Noon).Block!.Rule);
    }

    // The other node hears of the lift a moment later, and tells its block until then.
    [Fact]
    public void What_is_lifted_stays_open_and_a_new_trip_holds()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 0 });
        Assert.Equal(TollRule.Rate, b.Ask(Noon));
        b.TellTo(a, Noon);
        a.Rules = a.Rules with { MaxPerMinute = 10 };
        Assert.Equal(TollRule.Blocked, a.Ask(Noon.AddSeconds(1)));
        Assert.NotNull(a.Lift(Noon.AddSeconds(2)));
        b.TellTo(a, Noon.AddSeconds(3));
        Assert.Null(a.Ask(Noon.AddSeconds(3)));

        Assert.NotNull(b.Lift(Noon.AddSeconds(4)));
        Assert.Equal(TollRule.Rate, b.Ask(Noon.AddSeconds(5)));
        b.TellTo(a, Noon.AddSeconds(6));
        Assert.Equal(TollRule.Blocked, a.Ask(Noon.AddSeconds(6)));
    }

    [Fact]
    public void A_block_of_a_clock_that_runs_ahead_is_lifted_as_well()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 0 });
        b.Ask(Noon.AddSeconds(20));
        b.TellTo(a, Noon);
        a.Rules = a.Rules with { MaxPerMinute = 10 };
        Assert.NotNull(a.Lift(Noon));
        b.TellTo(a, Noon.AddSeconds(21));
        Assert.Null(a.Ask(Noon.AddSeconds(21)));
    }

    // The other node tells the calls that led to the block until it has heard of the lift.
    [Fact]
    public void What_led_to_a_block_leads_to_none_again_once_it_is_lifted()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 4 });
        for (var i = 0; i < 4; i++)
            b.Admit(Noon);
        Assert.Equal(TollRule.Rate, b.Ask(Noon));
        b.TellTo(a, Noon);
        var lifted = a.Lift(Noon.AddSeconds(1))!.Value;
        b.TellTo(a, Noon.AddSeconds(1));
        Assert.Null(a.Ask(Noon.AddSeconds(1)));
        b.Guard.HearLift(TollNode.Tenant, lifted, Noon.AddSeconds(2));
        Assert.Null(b.Ask(Noon.AddSeconds(2)));
    }

    [Fact]
    public void Calls_that_have_had_their_trip_have_no_second_one()
    {
        var (a, _) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 2, BlockFor = TimeSpan.FromSeconds(10) });
        a.Admit(Noon);
        a.Admit(Noon);
        Assert.Equal(TollRule.Rate, a.Ask(Noon));
        Assert.Null(a.Ask(Noon.AddSeconds(10)));
    }

    // A third node, where no block began: its calls count again when the figures of before have lapsed.
    [Fact]
    public void Calls_of_others_before_a_lift_count_no_more_and_those_after_it_do()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 4 });
        for (var i = 0; i < 3; i++)
            b.Admit(Noon);
        b.TellTo(a, Noon);
        Assert.Null(a.Ask(Noon));
        Assert.Equal(TollRule.Rate, a.Ask(Noon));
        Assert.NotNull(a.Lift(Noon.AddSeconds(1)));
        for (var i = 0; i < 2; i++)
            Assert.Null(a.Ask(Noon.AddSeconds(2)));
        b.TellTo(a, Noon.AddSeconds(7));
        Assert.Equal(TollRule.Rate, a.Ask(Noon.AddSeconds(7)));
    }

    [Fact]
    public void Doors_that_were_tried_before_a_lift_count_no_more()
    {
        var (a, b) = TollNode.Pair(new TollRules { Allowed = ["GB"], MaxRefusedPerMinute = 4 });
        for (var i = 0; i < 3; i++)
            b.Ask(Noon, "+4930123456");
        b.TellTo(a, Noon);
        a.Ask(Noon, "+4930123456");
        Assert.NotNull(a.Lift(Noon.AddSeconds(1)));
        a.Ask(Noon.AddSeconds(1), "+4930123456");
        Assert.Null(a.Guard.Show(TollNode.Tenant, Noon.AddSeconds(1)).Block);
    }

    // The third node hears of the lift after it has heard of the trip that followed; the clock of the first is late.
    [Theory]
    [InlineData(0.5)]
    [InlineData(-20)]
    public void A_trip_after_a_lift_holds_at_a_node_that_hears_of_the_lift_later(double tripped)
    {
        var (a, c) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 0 });
        a.Ask(Noon.AddSeconds(-30));
        a.TellTo(c, Noon);
        var lifted = c.Lift(Noon)!.Value;
        a.Guard.HearLift(TollNode.Tenant, lifted, Noon.AddSeconds(tripped));
        Assert.Equal(TollRule.Rate, a.Ask(Noon.AddSeconds(tripped)));

        var (_, late) = TollNode.Pair(new TollRules { Allowed = ["*"] });
        a.TellTo(c, Noon.AddSeconds(1));
        a.TellTo(late, Noon.AddSeconds(1));
        late.Guard.HearLift(TollNode.Tenant, lifted, Noon.AddSeconds(1.5));
        Assert.Equal(TollRule.Blocked, c.Ask(Noon.AddSeconds(2)));
        Assert.Equal(TollRule.Blocked, late.Ask(Noon.AddSeconds(2)));
    }

    [Fact]
    public void Nodes_whose_day_is_over_make_room_for_those_that_live()
    {
        var day = DateOnly.FromDateTime(Noon.DateTime);
        var (_, b) = TollNode.Pair(new TollRules { Allowed = ["*"] });
        b.OfOthers = [.. Enumerable.Range(0, 1_000).Select(i => ($"n{i}", new TollState(i < 10 ? day : day.AddDays(-1), 1, null)))];
        b.Guard.Hear("new", TollNode.Tenant, new TollState(day, 5, null), Noon);
        b.Guard.Show(TollNode.Tenant, Noon);
        Assert.Null(b.Ask(Noon));
        Assert.Equal(15, b.Guard.Show(TollNode.Tenant, Noon).SpentToday);
    }

    // The others have not heard of the lift yet, and wrote and tell what they had: it is the past for who starts as well.
    [Theory]
    [InlineData(-1, null)]
    [InlineData(0, null)]
    [InlineData(1, TollRule.Blocked)]
    public void A_node_that_starts_after_a_lift_knows_which_blocks_it_opened(double milliseconds, TollRule? refused)
    {
        var day = DateOnly.FromDateTime(Noon.DateTime);
        var state = new TollState(day, 1, new TollBlock(TollRule.Rate, "too many", Noon.AddMilliseconds(milliseconds), null));
        foreach (var where in new[] { "own", "kept", "told" })
        {
            var (_, b) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 4 });
            b.LastLift = Noon;
            if (where == "own")
                b.Kept = state;
            else if (where == "kept")
                b.OfOthers = [("a", state)];
            else
                b.Guard.Hear("a", TollNode.Tenant, state, Noon.AddSeconds(1));
            b.Remote.Tell([new ToldUse(new UseKey(UseKind.Toll, TollNode.Tenant.Value), new NodeUse(0, InLastMinute: 4), null)]);
            Assert.Equal(refused, b.Ask(Noon.AddSeconds(2)));
        }
    }

    // Its block is kept in whole milliseconds.
    [Fact]
    public void A_trip_right_after_a_lift_holds_after_a_restart()
    {
        var (a, _) = TollNode.Pair(new TollRules { Allowed = ["*"], MaxPerMinute = 0, BlockFor = TimeSpan.Zero });
        a.Ask(Noon);
        a.LastLift = a.Lift(Noon.AddTicks(1))!.Value;
        Assert.Equal(TollRule.Rate, a.Ask(Noon.AddTicks(2)));
        var (again, _) = TollNode.Pair(a.Rules);
        var block = a.Kept.Block!;
        again.Kept = a.Kept with { Block = block with { Since = DateTimeOffset.FromUnixTimeMilliseconds(block.Since.ToUnixTimeMilliseconds()) } };
        again.LastLift = a.LastLift;
        Assert.Equal(TollRule.Blocked, again.Ask(Noon.AddSeconds(1)));
    }
}
