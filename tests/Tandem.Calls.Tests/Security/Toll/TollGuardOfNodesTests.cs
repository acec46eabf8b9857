using Tandem.Calls.Events;
using Tandem.Calls.Limits;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Limits;

namespace Tandem.Calls.Tests.Security.Toll;

/// <summary>Two nodes with one tenant: caps, money and blocks are those of both together.</summary>
public sealed class TollGuardOfNodesTests
{
    private static readonly TenantId Acme = new("acme");
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Calls_at_once_count_together_and_those_of_a_node_that_went_leave_room()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxConcurrent = 3, MaxPerMinute = 100 });
        a.Admit(Noon);
        var second = a.Admit(Noon);
        Tell(a, b, Noon);
        var third = b.Admit(Noon);
        Assert.Equal(TollRule.Concurrent, b.Ask(Noon));
        Assert.Equal(3, b.Guard.Show(Acme, Noon).Calls);

        second.Ended(Noon);
        Tell(a, b, Noon);
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
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 100 }, new TollRules { Allowed = ["*"], MaxConcurrent = 2 });
        a.Admit(Noon);
        a.Admit(Noon, "other");
        Tell(a, b, Noon);
        Assert.Null(b.Ask(Noon));
        Assert.Equal(TollRule.Concurrent, b.Ask(Noon));
        Assert.Null(b.Ask(Noon, profile: "other"));
    }

    [Fact]
    public void Too_many_in_a_minute_at_both_trip_one_and_its_block_holds_at_the_other()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 4, BlockFor = TimeSpan.FromMinutes(5) });
        for (var i = 0; i < 2; i++)
        {
            a.Admit(Noon).Ended(Noon);
            b.Admit(Noon).Ended(Noon);
        }

        Tell(a, b, Noon);
        Assert.Equal(TollRule.Rate, b.Ask(Noon));
        Assert.Equal(TollRule.Rate, Assert.Single(b.Events).Block!.Rule);

        Tell(b, a, Noon);
        Assert.Equal(TollRule.Blocked, a.Ask(Noon));
        Assert.Equal(b.Guard.Show(Acme, Noon).Block, a.Guard.Show(Acme, Noon).Block);
        Assert.Empty(a.Events);
        Assert.Equal(TollRule.Blocked, a.Ask(Noon.AddMinutes(4.9)));
        Tell(b, a, Noon.AddMinutes(5.1));
        Assert.Null(a.Ask(Noon.AddMinutes(5.1)));
    }

    [Fact]
    public void Probing_at_two_nodes_in_turn_trips_as_early_as_at_one()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["GB"], MaxRefusedPerMinute = 6 });
        for (var i = 0; i < 3; i++)
            Assert.Equal(TollRule.Destination, a.Ask(Noon, "+4930123456"));
        Tell(a, b, Noon);
        b.Ask(Noon, "+4930123456");
        b.Ask(Noon, "+4930123456");
        Assert.Null(b.Guard.Show(Acme, Noon).Block);
        b.Ask(Noon, "+4930123456");
        Assert.Equal(TollRule.Probing, b.Guard.Show(Acme, Noon).Block!.Rule);
    }

    // The other node hears of the lift a moment later, and tells its block until then.
    [Fact]
    public void What_is_lifted_stays_open_and_a_new_trip_holds()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 0 });
        Assert.Equal(TollRule.Rate, b.Ask(Noon));
        Tell(b, a, Noon);
        a.Rules = a.Rules with { MaxPerMinute = 10 };
        Assert.Equal(TollRule.Blocked, a.Ask(Noon.AddSeconds(1)));
        Assert.NotNull(a.Lift(Noon.AddSeconds(2)));
        Tell(b, a, Noon.AddSeconds(3));
        Assert.Null(a.Ask(Noon.AddSeconds(3)));

        Assert.NotNull(b.Lift(Noon.AddSeconds(4)));
        Assert.Equal(TollRule.Rate, b.Ask(Noon.AddSeconds(5)));
        Tell(b, a, Noon.AddSeconds(6));
        Assert.Equal(TollRule.Blocked, a.Ask(Noon.AddSeconds(6)));
    }

    [Fact]
    public void A_block_of_a_clock_that_runs_ahead_is_lifted_as_well()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 0 });
        b.Ask(Noon.AddSeconds(20));
        Tell(b, a, Noon);
        a.Rules = a.Rules with { MaxPerMinute = 10 };
        Assert.NotNull(a.Lift(Noon));
        Tell(b, a, Noon.AddSeconds(21));
        Assert.Null(a.Ask(Noon.AddSeconds(21)));
    }

    // The other node tells the calls that led to the block until it has heard of the lift.
    [Fact]
    public void What_led_to_a_block_leads_to_none_again_once_it_is_lifted()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 4 });
        for (var i = 0; i < 4; i++)
            b.Admit(Noon);
        Assert.Equal(TollRule.Rate, b.Ask(Noon));
        Tell(b, a, Noon);
        var lifted = a.Lift(Noon.AddSeconds(1))!.Value;
        Tell(b, a, Noon.AddSeconds(1));
        Assert.Null(a.Ask(Noon.AddSeconds(1)));
        b.Guard.HearLift(Acme, lifted, Noon.AddSeconds(2));
        Assert.Null(b.Ask(Noon.AddSeconds(2)));
    }

    [Fact]
    public void Calls_that_have_had_their_trip_have_no_second_one()
    {
        var (a, _) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 2, BlockFor = TimeSpan.FromSeconds(10) });
        a.Admit(Noon);
        a.Admit(Noon);
        Assert.Equal(TollRule.Rate, a.Ask(Noon));
        Assert.Null(a.Ask(Noon.AddSeconds(10)));
    }

    // A third node, where no block began: its calls count again when the figures of before have lapsed.
    [Fact]
    public void Calls_of_others_before_a_lift_count_no_more_and_those_after_it_do()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 4 });
        for (var i = 0; i < 3; i++)
            b.Admit(Noon);
        Tell(b, a, Noon);
        Assert.Null(a.Ask(Noon));
        Assert.Equal(TollRule.Rate, a.Ask(Noon));
        Assert.NotNull(a.Lift(Noon.AddSeconds(1)));
        for (var i = 0; i < 2; i++)
            Assert.Null(a.Ask(Noon.AddSeconds(2)));
        Tell(b, a, Noon.AddSeconds(7));
        Assert.Equal(TollRule.Rate, a.Ask(Noon.AddSeconds(7)));
    }

    [Fact]
    public void Doors_that_were_tried_before_a_lift_count_no_more()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["GB"], MaxRefusedPerMinute = 4 });
        for (var i = 0; i < 3; i++)
            b.Ask(Noon, "+4930123456");
        Tell(b, a, Noon);
        a.Ask(Noon, "+4930123456");
        Assert.NotNull(a.Lift(Noon.AddSeconds(1)));
        a.Ask(Noon.AddSeconds(1), "+4930123456");
        Assert.Null(a.Guard.Show(Acme, Noon.AddSeconds(1)).Block);
    }

    // The third node hears of the lift after it has heard of the trip that followed; the clock of the first is late.
    [Theory]
    [InlineData(0.5)]
    [InlineData(-20)]
    public void A_trip_after_a_lift_holds_at_a_node_that_hears_of_the_lift_later(double tripped)
    {
        var (a, c) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 0 });
        a.Ask(Noon.AddSeconds(-30));
        Tell(a, c, Noon);
        var lifted = c.Lift(Noon)!.Value;
        a.Guard.HearLift(Acme, lifted, Noon.AddSeconds(tripped));
        Assert.Equal(TollRule.Rate, a.Ask(Noon.AddSeconds(tripped)));

        var (_, late) = Nodes(new TollRules { Allowed = ["*"] });
        Tell(a, c, Noon.AddSeconds(1));
        Tell(a, late, Noon.AddSeconds(1));
        late.Guard.HearLift(Acme, lifted, Noon.AddSeconds(1.5));
        Assert.Equal(TollRule.Blocked, c.Ask(Noon.AddSeconds(2)));
        Assert.Equal(TollRule.Blocked, late.Ask(Noon.AddSeconds(2)));
    }

    [Fact]
    public void Nodes_whose_day_is_over_make_room_for_those_that_live()
    {
        var day = DateOnly.FromDateTime(Noon.DateTime);
        var (_, b) = Nodes(new TollRules { Allowed = ["*"] });
        b.OfOthers = [.. Enumerable.Range(0, 1_000).Select(i => ($"n{i}", new TollState(i < 10 ? day : day.AddDays(-1), 1, null)))];
        b.Guard.Hear("new", Acme, new TollState(day, 5, null), Noon);
        b.Guard.Show(Acme, Noon);
        Assert.Null(b.Ask(Noon));
        Assert.Equal(15, b.Guard.Show(Acme, Noon).SpentToday);
    }

    [Fact]
    public void Money_is_spent_together_and_stays_spent_when_its_node_goes()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxSpendPerDay = 10 });
        (a.Price, b.Price) = (new TollPrice(1m, 60), new TollPrice(1m, 60));
        var ended = a.Admit(Noon);
        ended.Answered(Noon);
        ended.Ended(Noon.AddMinutes(6));
        var runs = a.Admit(Noon.AddMinutes(6));
        runs.Answered(Noon.AddMinutes(6));
        var here = b.Admit(Noon.AddMinutes(6));
        here.Answered(Noon.AddMinutes(6));

        // 6 that are spent, 2 that run there, 2 here.
        Tell(a, b, Noon.AddMinutes(8));
        Assert.Equal(10, b.Guard.Show(Acme, Noon.AddMinutes(8)).SpentToday);
        Assert.Equal(TimeSpan.Zero, here.Remaining(Noon.AddMinutes(8)));
        here.Ended(Noon.AddMinutes(8));
        b.Remote.Tell([]);
        Assert.Equal(TollRule.Spend, b.Ask(Noon.AddMinutes(8)));
        Assert.Equal(2, b.Kept.Spent); // each keeps its own

        // A new day has new money at both, whatever is told of the old one.
        Tell(a, b, Noon.AddMinutes(9));
        Assert.Equal(0, b.Guard.Show(Acme, Noon.AddDays(1)).SpentToday);
        Assert.Null(b.Ask(Noon.AddDays(1)));
    }

    [Fact]
    public void What_the_others_had_kept_counts_after_a_start_and_is_not_counted_twice()
    {
        var day = DateOnly.FromDateTime(Noon.DateTime);
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxSpendPerDay = 10 });
        b.OfOthers = [("a", new TollState(day, 4, null)), ("", new TollState(day, 3, null)), ("gone", new TollState(day.AddDays(-1), 9, new TollBlock(TollRule.Rate, "too many", Noon.AddMinutes(-1), null)))];
        Assert.Equal(TollRule.Blocked, b.Ask(Noon));
        Assert.NotNull(b.Lift(Noon));
        Assert.Null(b.Ask(Noon));
        Assert.Equal(7, b.Guard.Show(Acme, Noon).SpentToday);
        b.Guard.Hear("a", Acme, new TollState(day, 5, null), Noon);
        b.Guard.Hear("a", Acme, new TollState(day, 4.5m, null), Noon); // late
        Assert.Equal(8, b.Guard.Show(Acme, Noon).SpentToday);
        Assert.Empty(a.Guard.CollectUse(Noon));
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
            var (_, b) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 4 });
            b.LastLift = Noon;
            if (where == "own")
                b.Kept = state;
            else if (where == "kept")
                b.OfOthers = [("a", state)];
            else
                b.Guard.Hear("a", Acme, state, Noon.AddSeconds(1));
            b.Remote.Tell([new ToldUse(new UseKey(UseKind.Toll, Acme.Value), new NodeUse(0, InLastMinute: 4), null)]);
            Assert.Equal(refused, b.Ask(Noon.AddSeconds(2)));
        }
    }

    // Its block is kept in whole milliseconds.
    [Fact]
    public void A_trip_right_after_a_lift_holds_after_a_restart()
    {
        var (a, _) = Nodes(new TollRules { Allowed = ["*"], MaxPerMinute = 0, BlockFor = TimeSpan.Zero });
        a.Ask(Noon);
        a.LastLift = a.Lift(Noon.AddTicks(1))!.Value;
        Assert.Equal(TollRule.Rate, a.Ask(Noon.AddTicks(2)));
        var (again, _) = Nodes(a.Rules);
        var block = a.Kept.Block!;
        again.Kept = a.Kept with { Block = block with { Since = DateTimeOffset.FromUnixTimeMilliseconds(block.Since.ToUnixTimeMilliseconds()) } };
        again.LastLift = a.LastLift;
        Assert.Equal(TollRule.Blocked, again.Ask(Noon.AddSeconds(1)));
    }

    // What its calls cost is spent now, whatever day its clock has; set right, it tells today's again, and counts that of the others.
    [Fact]
    public void Money_of_a_clock_that_is_a_day_ahead_counts_today_only_and_so_when_it_is_set_right()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxSpendPerDay = 100 });
        (a.Price, b.Price) = (new TollPrice(1m, 60), new TollPrice(1m, 60));
        Call(a, Noon.AddDays(1), 5);
        Tell(a, b, Noon.AddDays(1), hears: Noon);
        Assert.Equal(5, b.Guard.Show(Acme, Noon).SpentToday);

        Call(b, Noon, 3);
        Call(a, Noon, 2);
        Tell(a, b, Noon.AddMinutes(10));
        Tell(b, a, Noon.AddMinutes(10));
        Assert.Equal((10, 10), (a.Guard.Show(Acme, Noon.AddMinutes(10)).SpentToday, b.Guard.Show(Acme, Noon.AddMinutes(10)).SpentToday));

        // Nobody is that far ahead: it would count on many days.
        b.Guard.Hear("c", Acme, new TollState(DateOnly.FromDateTime(Noon.DateTime).AddDays(2), 50, null), Noon);
        Assert.Equal(10, b.Guard.Show(Acme, Noon.AddMinutes(10)).SpentToday);

        // The next day has new money at both.
        Tell(a, b, Noon.AddDays(1));
        Assert.Equal((0, 0), (a.Guard.Show(Acme, Noon.AddDays(1)).SpentToday, b.Guard.Show(Acme, Noon.AddDays(1)).SpentToday));
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
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxSpendPerDay = 6 });
        (a.Price, b.Price) = (new TollPrice(1m, 60), new TollPrice(1m, 60));
        Call(a, Noon.AddDays(days), 5);
        if (isRestarted)
        {
            var (again, _) = Nodes(a.Rules);
            (again.Price, again.Kept) = (a.Price, a.Kept);
            a = again;
            a.Guard.Show(Acme, Noon);
        }

        Tell(a, b, Noon);
        Assert.Equal(5, b.Guard.Show(Acme, Noon).SpentToday);
        if (calls)
        {
            Call(a, Noon, 1);
            Assert.Equal(TollRule.Spend, a.Ask(Noon.AddMinutes(2)));
        }

        for (var day = 1; day < 3; day++)
        {
            var now = Noon.AddDays(day);
            Tell(a, b, now);
            Assert.Equal(0, b.Guard.Show(Acme, now).SpentToday);
            Assert.Null(b.Guard.Show(Acme, now).Block);
            if (!calls)
                continue;

            Call(a, now, 5);
            Assert.Equal(5, a.Guard.Show(Acme, now.AddMinutes(6)).SpentToday);
            Tell(a, b, now.AddMinutes(6));
            Assert.Equal(5, b.Guard.Show(Acme, now.AddMinutes(6)).SpentToday);
        }
    }

    // East of it the next day has begun, west of it the last one has not ended: neither gives new money, to and fro neither.
    [Fact]
    public void A_time_zone_that_changes_brings_no_new_money()
    {
        var (a, b) = Nodes(new TollRules { Allowed = ["*"], MaxSpendPerDay = 100 });
        (a.Price, b.Price) = (new TollPrice(1m, 60), new TollPrice(1m, 60));
        Call(a, Noon, 5);
        foreach (var zone in new[] { "Etc/GMT-14", "Etc/GMT+12", "Etc/GMT-14", "UTC", "Etc/GMT+12", "UTC" })
        {
            a.Rules = b.Rules = a.Rules with { TimeZone = zone };
            Tell(a, b, Noon);
            Assert.Equal((zone, 5, 5), (zone, a.Guard.Show(Acme, Noon).SpentToday, b.Guard.Show(Acme, Noon).SpentToday));
        }

        // What was spent before yesterday is over in any zone.
        a.Rules = a.Rules with { TimeZone = "Etc/GMT-14" };
        Assert.Equal(0, a.Guard.Show(Acme, Noon.AddDays(2)).SpentToday);
    }

    private static void Call(Node node, DateTimeOffset now, int minutes)
    {
        var call = node.Admit(now);
        call.Answered(now);
        call.Ended(now.AddMinutes(minutes));
    }

    private static (Node A, Node B) Nodes(TollRules rules, TollRules? ofProfile = null) => (new Node("a", rules, ofProfile), new Node("b", rules, ofProfile));

    private static void Tell(Node from, Node to, DateTimeOffset now, DateTimeOffset? hears = null)
    {
        var all = from.Guard.CollectUse(now);
        to.Remote.Tell(all);
        foreach (var told in all.Where(static told => told.Toll is not null))
            to.Guard.Hear(from.Name, new TenantId(told.Key.Tenant), told.Toll!, hears ?? now);
    }

    private sealed class Node : ITollPolicies, ITollLedger, IEventSink
    {
        public Node(string name, TollRules rules, TollRules? ofProfile)
        {
            (Name, Rules, OfProfile) = (name, rules, ofProfile);
            Guard = new TollGuard(this, this, this) { Remote = Remote };
        }

        public string Name { get; }

        public TollGuard Guard { get; }

        public FakeRemoteUse Remote { get; } = new();

        public TollRules Rules { get; set; }

        public TollRules? OfProfile { get; }

        public TollPrice? Price { get; set; }

        public TollState Kept { get; set; } = TollState.Empty;

        public IReadOnlyList<(string, TollState)> OfOthers { get; set; } = [];

        public List<TollTripped> Events { get; } = [];

        public TollRule? Ask(DateTimeOffset now, string number = "+441134960001", string profile = "main") =>
            Guard.Admit(new TollCall(Acme, profile, "100", number, "+441134960000"), now) is TollVerdict.Refused refused ? refused.Rule : null;

        public TollTicket Admit(DateTimeOffset now, string profile = "main") =>
            Assert.IsType<TollVerdict.Allowed>(Guard.Admit(new TollCall(Acme, profile, "100", "+441134960001", "+441134960000"), now)).Ticket;

        public DateTimeOffset? Lift(DateTimeOffset now)
        {
            var at = Guard.LiftTime(Acme, now);
            if (at is { } time)
                Guard.HearLift(Acme, time, now);
            return at;
        }

        public DateTimeOffset LastLift { get; set; }

        public DateTimeOffset LiftedAt(TenantId tenant) => LastLift;

        public TollRules Of(TenantId tenant) => Rules;

        public TollRules? Of(TenantId tenant, string profile) => profile == "main" ? OfProfile : null;

        public TollPrice? PriceOf(TenantId tenant, string profile, ReadOnlySpan<char> digits) => Price;

        public TollState Load(TenantId tenant) => Kept;

        public IEnumerable<(string Node, TollState State)> LoadOthers(TenantId tenant) => OfOthers;

        public void Save(TenantId tenant, TollState state) => Kept = state;

        public void Publish(ExchangeEvent exchangeEvent) => Events.Add((TollTripped)exchangeEvent);
    }
}
