using Tandem.Calls.Events;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Tests.Security.Toll;

public sealed class TollGuardTests
{
    private static readonly TenantId Acme = new("acme");
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero); // a Wednesday

    [Theory]
    [InlineData("+442079460000", "+441134960000", null)]
    [InlineData("+4915112345678", "+441134960000", TollRule.Destination)]
    [InlineData("+442079460000", "", TollRule.Destination)] // nobody knows where home is
    [InlineData("+449098790000", "+441134960000", TollRule.Premium)]
    [InlineData("+8821612345678", "+441134960000", TollRule.Premium)]
    [InlineData("+12125550123", "+14165550123", TollRule.Destination)] // the same plan, another country
    [InlineData("+18765550123", "+12125550123", TollRule.Destination)] // Jamaica is no home of New York
    [InlineData("442079460000", "+441134960000", TollRule.NotANumber)]
    [InlineData("+044207946000", "+441134960000", TollRule.NotANumber)]
    [InlineData("+44207946000012345", "+441134960000", TollRule.NotANumber)]
    [InlineData("+44207946x000", "+441134960000", TollRule.NotANumber)]
    [InlineData("", "+441134960000", TollRule.NotANumber)]
    public void Only_ordinary_numbers_at_home_are_open_by_default(string number, string own, TollRule? refused) =>
        Assert.Equal(refused, new Bench().Ask(number, Noon, own));

    [Theory]
    [InlineData("*", "", "+4915112345678", null)]
    [InlineData("DE", "", "+4915112345678", null)]
    [InlineData("DE", "4915", "+4915112345678", TollRule.Destination)]
    [InlineData("4915,DE", "4915", "+4915112345678", TollRule.Destination)] // equal: closed
    [InlineData("49151,DE", "4915", "+4915112345678", null)] // the longer decides
    [InlineData("49151,DE", "4915", "+4915212345678", TollRule.Destination)]
    [InlineData("*", "DE", "+4915112345678", TollRule.Destination)]
    [InlineData("RU", "", "+77011234567", TollRule.Destination)] // Kazakhstan
    [InlineData("KZ", "", "+77011234567", null)]
    [InlineData("*", "", "+9991234567", null)] // unassigned, but somebody said everywhere
    public void The_longest_entry_decides(string allowed, string closed, string number, TollRule? refused) =>
        Assert.Equal(refused, new Bench(new TollRules { Allowed = List(allowed), Closed = List(closed) }).Ask(number, Noon));

    [Fact]
    public void A_premium_prefix_can_be_opened()
    {
        var bench = new Bench(new TollRules { Allowed = ["GB"], OpenPremium = ["4490987"] });
        Assert.Null(bench.Ask("+449098790000", Noon));
        Assert.Equal(TollRule.Premium, bench.Ask("+449061234567", Noon));
    }

    [Fact]
    public void A_profile_only_narrows()
    {
        var bench = new Bench(new TollRules { Allowed = ["GB", "DE"] }) { OfProfile = new TollRules { Allowed = ["DE", "FR"] } };
        Assert.Equal(TollRule.Destination, bench.Ask("+442079460000", Noon));
        Assert.Equal(TollRule.Destination, bench.Ask("+33140000000", Noon));
        Assert.Null(bench.Ask("+4930123456", Noon));
    }

    [Fact]
    public void At_night_only_what_is_listed_goes()
    {
        var hours = new ClosedHours(new TimeOnly(19, 0), new TimeOnly(7, 0), [DayOfWeek.Saturday, DayOfWeek.Sunday], ["home"]);
        var bench = new Bench(new TollRules { Allowed = ["*"], Hours = hours, TimeZone = "Europe/Berlin" });
        Assert.Null(bench.Ask("+33140000000", Noon));
        Assert.Equal(TollRule.OutOfHours, bench.Ask("+33140000000", Noon.AddHours(6))); // 19:00 in Berlin
        Assert.Null(bench.Ask("+441134960001", Noon.AddHours(6)));
        Assert.Equal(TollRule.OutOfHours, bench.Ask("+33140000000", Noon.AddHours(17).AddMinutes(59)));
        Assert.Null(bench.Ask("+33140000000", Noon.AddHours(18))); // 07:00
        Assert.Equal(TollRule.OutOfHours, bench.Ask("+33140000000", Noon.AddDays(3))); // Saturday
    }

    [Fact]
    public void A_place_is_given_back_once()
    {
        var bench = new Bench(new TollRules { MaxConcurrent = 2, MaxPerMinute = 100 });
        var first = bench.Admit(Noon);
        var second = bench.Admit(Noon);
        Assert.Equal(TollRule.Concurrent, bench.Ask(Noon));
        first.Ended(Noon);
        first.Ended(Noon);
        var third = bench.Admit(Noon);
        Assert.Equal(TollRule.Concurrent, bench.Ask(Noon));
        second.Ended(Noon);
        third.Ended(Noon);
        Assert.Equal(0, bench.Guard.Show(Acme, Noon).Calls);
        Assert.Null(bench.Guard.Show(Acme, Noon).Block); // a full house is no abuse
    }

    [Fact]
    public void A_profile_has_a_cap_of_its_own()
    {
        var bench = new Bench(new TollRules { MaxConcurrent = 10 }) { OfProfile = new TollRules { MaxConcurrent = 1 } };
        var ticket = bench.Admit(Noon);
        Assert.Equal(TollRule.Concurrent, bench.Ask(Noon));
        ticket.Ended(Noon);
        Assert.Null(bench.Ask(Noon));
    }

    [Fact]
    public void Too_many_calls_a_minute_shut_the_way_out_for_an_hour()
    {
        var bench = new Bench(new TollRules { MaxConcurrent = 100, MaxPerMinute = 3 });
        for (var i = 0; i < 3; i++)
            bench.Admit(Noon.AddSeconds(i)).Ended(Noon.AddSeconds(i));
        bench.Admit(Noon.AddSeconds(60)).Ended(Noon.AddSeconds(60)); // the first is a minute ago
        Assert.Equal(TollRule.Rate, bench.Ask(Noon.AddSeconds(60.5)));
        var tripped = Assert.Single(bench.Events);
        Assert.Equal((TollRule.Rate, TollRule.Rate), (tripped.Rule, tripped.Block!.Rule));
        Assert.Contains("toll lift", tripped.Text, StringComparison.Ordinal);

        for (var i = 0; i < 50; i++)
            Assert.Equal(TollRule.Blocked, bench.Ask(Noon.AddMinutes(5)));
        Assert.Single(bench.Events); // who goes on trying makes no flood
        Assert.Equal(51, bench.Guard.Show(Acme, Noon.AddMinutes(5)).Refused);
        Assert.Equal(TollRule.Blocked, bench.Ask(Noon.AddSeconds(60.5).AddHours(1).AddTicks(-1)));
        Assert.Null(bench.Ask(Noon.AddSeconds(60.5).AddHours(1)));
    }

    [Fact]
    public void A_block_is_lifted_by_hand_and_only_once()
    {
        var bench = new Bench(new TollRules { MaxPerMinute = 0, BlockFor = TimeSpan.Zero });
        Assert.Equal(TollRule.Rate, bench.Ask(Noon));
        Assert.Equal(TollRule.Blocked, bench.Ask(Noon.AddDays(100)));
        bench.Rules = new TollRules();
        Assert.NotNull(bench.Lift(Noon.AddDays(100)));
        Assert.Null(bench.Lift(Noon.AddDays(100)));
        Assert.Null(bench.Ask(Noon.AddDays(100)));
    }

    [Fact]
    public void Who_tries_doors_is_shut_out()
    {
        var bench = new Bench(new TollRules { MaxRefusedPerMinute = 3 });
        Assert.Equal(TollRule.Destination, bench.Ask("+5312345678", Noon));
        Assert.Equal(TollRule.Premium, bench.Ask("+8811234567", Noon));
        Assert.Null(bench.Ask(Noon));
        Assert.Equal(TollRule.Destination, bench.Ask("+2521234567", Noon));
        Assert.Equal(TollRule.Blocked, bench.Ask(Noon));
        Assert.Equal(TollRule.Probing, bench.Events[^1].Block!.Rule);
    }

    [Fact]
    public void Help_is_called_whatever_happened()
    {
        var bench = new Bench(new TollRules { MaxConcurrent = 0, MaxPerMinute = 0 });
        Assert.Equal(TollRule.Concurrent, bench.Ask(Noon));
        Assert.Null(bench.AskShort("112", Noon));
        bench.Rules = new TollRules { MaxPerMinute = 0 };
        Assert.Equal(TollRule.Rate, bench.Ask(Noon));
        Assert.Equal(TollRule.Blocked, bench.Ask(Noon));
        Assert.Null(bench.AskShort("911", Noon));
        Assert.Equal(TollRule.Blocked, bench.AskShort("118", Noon));
        Assert.Equal(TollRule.Blocked, bench.Ask("+44112", Noon)); // that is a number of somebody, not a call for help
    }

    [Fact]
    public void The_money_of_a_day_ends_calls_in_progress_and_stops_new_ones()
    {
        // 0.60 a minute, begun minutes; a cap of 3.00.
        var bench = new Bench(new TollRules { MaxSpendPerDay = 3.00m, LongestCall = null }) { Price = new TollPrice(0.60m) };
        var ringing = bench.Admit(Noon);
        Assert.Equal(TimeSpan.FromSeconds(15), ringing.Remaining(Noon));
        ringing.Ended(Noon.AddMinutes(2));
        Assert.Equal(0, ringing.Cost);

        var short1 = bench.Admit(Noon);
        short1.Answered(Noon);
        short1.Ended(Noon.AddSeconds(61));
        Assert.Equal(1.20m, short1.Cost);

        var talk = bench.Admit(Noon.AddMinutes(2));
        talk.Answered(Noon.AddMinutes(2));
        Assert.Equal(TimeSpan.FromSeconds(15), talk.Remaining(Noon.AddMinutes(3)));
        Assert.Equal(2.40m, bench.Guard.Show(Acme, Noon.AddMinutes(3.5)).SpentToday);
        Assert.Equal(TimeSpan.Zero, talk.Remaining(Noon.AddMinutes(4).AddTicks(1))); // the third minute begins: 1.20 + 1.80
        Assert.Equal(TollRule.Spend, bench.Ask(Noon.AddMinutes(4.5)));
        talk.Ended(Noon.AddMinutes(4.5));
        Assert.Equal(3.00m, bench.Guard.Show(Acme, Noon.AddMinutes(5)).SpentToday);
        Assert.Equal(TollRule.Blocked, bench.Ask(Noon.AddMinutes(5)));
        Assert.Null(bench.Ask(Noon.AddHours(12))); // midnight: new money
        Assert.Equal(0, bench.Guard.Show(Acme, Noon.AddHours(12)).SpentToday);
    }

    [Fact]
    public void Seconds_are_charged_where_the_list_says_so()
    {
        var bench = new Bench(new TollRules()) { Price = new TollPrice(0.60m, 1) };
        var ticket = bench.Admit(Noon);
        ticket.Answered(Noon);
        ticket.Answered(Noon.AddMinutes(1)); // the first answer counts
        ticket.Ended(Noon.AddSeconds(10.2));
        Assert.Equal(0.11m, ticket.Cost);
    }

    [Fact]
    public void A_call_ends_after_the_longest_time()
    {
        var bench = new Bench(new TollRules { LongestCall = TimeSpan.FromHours(1) });
        var ticket = bench.Admit(Noon);
        Assert.Null(ticket.Remaining(Noon.AddHours(5))); // it rings
        ticket.Answered(Noon);
        Assert.Equal(TimeSpan.FromMinutes(1), ticket.Remaining(Noon.AddMinutes(59)));
        Assert.Equal(TimeSpan.Zero, ticket.Remaining(Noon.AddMinutes(60)));
    }

    [Fact]
    public void A_restart_forgets_neither_money_nor_block()
    {
        var bench = new Bench(new TollRules { MaxSpendPerDay = 1m }) { Price = new TollPrice(1m) };
        var ticket = bench.Admit(Noon);
        ticket.Answered(Noon);
        ticket.Ended(Noon.AddMinutes(1));
        Assert.Equal(TollRule.Spend, bench.Ask(Noon.AddMinutes(2)));

        var after = bench.Restarted();
        Assert.Equal(TollRule.Blocked, after.Ask(Noon.AddMinutes(3)));
        Assert.Equal(1m, after.Guard.Show(Acme, Noon.AddMinutes(3)).SpentToday);
    }

    [Fact]
    public async Task Many_shards_never_take_more_places_than_there_are()
    {
        var bench = new Bench(new TollRules { MaxConcurrent = 7, MaxPerMinute = 1_000_000 });
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                if (bench.Guard.Admit(bench.Call("+441134960001"), Noon) is not TollVerdict.Allowed allowed)
                    continue;
                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                Interlocked.Decrement(ref inside);
                allowed.Ticket.Ended(Noon);
            }
        })));
        Assert.InRange(most, 1, 7);
        Assert.Equal(0, bench.Guard.Show(Acme, Noon).Calls);
    }

    [Theory]
    [InlineData("gb")]
    [InlineData("ZZ")]
    [InlineData("+44")]
    [InlineData("0044")]
    [InlineData("")]
    [InlineData("1234567890123456")]
    public void A_wrong_entry_is_named(string entry) =>
        Assert.Contains($"'{entry}'", new TollRules { Allowed = ["GB", entry] }.Problem(), StringComparison.Ordinal);

    [Fact]
    public void The_defaults_are_sound() => Assert.Null(TollRules.Default.Problem());

    private static IReadOnlyList<string> List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    private sealed class Bench : ITollPolicies, ITollLedger, IEventSink
    {
        private readonly Dictionary<TenantId, TollState> _kept = [];

        public Bench(TollRules? rules = null)
        {
            Rules = rules ?? TollRules.Default;
            Guard = new TollGuard(this, this, this);
        }

        public TollGuard Guard { get; }

        public TollRules Rules { get; set; }

        public TollRules? OfProfile { get; init; }

        public TollPrice? Price { get; init; }

        public List<TollTripped> Events { get; } = [];

        public TollCall Call(string number, string own = "+441134960000") => new(Acme, "main", "100", number, own);

        // As a profile in Britain makes it of a short code.
        public TollRule? AskShort(string code, DateTimeOffset now) =>
            Guard.Admit(Call("+44" + code) with { ShortCode = code }, now) is TollVerdict.Refused refused ? refused.Rule : null;

        public TollRule? Ask(string number, DateTimeOffset now, string own = "+441134960000") =>
            Guard.Admit(Call(number, own), now) is TollVerdict.Refused refused ? refused.Rule : null;

        public TollRule? Ask(DateTimeOffset now) => Ask("+441134960001", now);

        public TollTicket Admit(DateTimeOffset now) => Assert.IsType<TollVerdict.Allowed>(Guard.Admit(Call("+441134960001"), now)).Ticket;

        public DateTimeOffset? Lift(DateTimeOffset now)
        {
            var at = Guard.LiftTime(Acme, now);
            if (at is { } time)
                Guard.HearLift(Acme, time, now);
            return at;
        }

        public Bench Restarted()
        {
            var after = new Bench(Rules) { OfProfile = OfProfile, Price = Price };
            foreach (var (tenant, state) in _kept)
                after._kept[tenant] = state;
            return after;
        }

        public TollRules Of(TenantId tenant) => Rules;

        public TollRules? Of(TenantId tenant, string profile) => OfProfile;

        public TollPrice? PriceOf(TenantId tenant, string profile, ReadOnlySpan<char> digits) => Price;

        public TollState Load(TenantId tenant) => _kept.GetValueOrDefault(tenant, TollState.Empty);

        public IEnumerable<(string Node, TollState State)> LoadOthers(TenantId tenant) => [];

        public void Save(TenantId tenant, TollState state) => _kept[tenant] = state;

        public void Publish(ExchangeEvent exchangeEvent) => Events.Add((TollTripped)exchangeEvent);
    }
}
