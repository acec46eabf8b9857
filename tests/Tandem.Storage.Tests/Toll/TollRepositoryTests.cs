using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Storage.Tests.Harness;
using Tandem.Storage.Toll;

namespace Tandem.Storage.Tests.Toll;

public sealed class TollRepositoryOnSqliteTests() : TollRepositoryTests(null);

public sealed class TollRepositoryOnPostgresTests(PostgresServer postgres) : TollRepositoryTests(postgres);

public abstract class TollRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private static readonly DateOnly Today = DateOnly.FromDateTime(At.UtcDateTime);

    private static readonly TollRules Rules = new()
    {
        Allowed = ["GB", "4930", "home"],
        Closed = ["4470"],
        OpenPremium = ["4490987"],
        AlwaysAllowed = ["112"],
        MaxConcurrent = 3,
        MaxPerMinute = 4,
        MaxRefusedPerMinute = 5,
        BlockFor = TimeSpan.FromMinutes(6),
        MaxSpendPerDay = 12.345678m,
        LongestCall = null,
        Hours = new ClosedHours(new TimeOnly(19, 30), new TimeOnly(7, 0), [DayOfWeek.Sunday], ["home"]),
        TimeZone = "Europe/Berlin",
    };

    [Fact]
    public async Task Rules_are_in_force_at_once_and_go_back_to_the_defaults()
    {
        var storage = Serve();
        Assert.Same(TollRules.Default, storage.TollPolicies.Of(TenantId.Default));
        await storage.Toll.SetRulesAsync(TenantId.Default, "", Rules, Cancellation);
        await storage.Toll.SetRulesAsync(TenantId.Default, "main", TollRules.Default with { MaxConcurrent = 1 }, Cancellation);

        Assert.Equivalent(Rules, storage.TollPolicies.Of(TenantId.Default), strict: true);
        Assert.Equivalent(Rules, await storage.Toll.RulesAsync(TenantId.Default, cancellation: Cancellation), strict: true);
        Assert.Equal(1, storage.TollPolicies.Of(TenantId.Default, "main")!.MaxConcurrent);
        Assert.Null(storage.TollPolicies.Of(TenantId.Default, "other"));
        Assert.Same(TollRules.Default, storage.TollPolicies.Of(new TenantId("other")));

        await storage.Toll.SetRulesAsync(TenantId.Default, "", null, Cancellation);
        Assert.Same(TollRules.Default, storage.TollPolicies.Of(TenantId.Default));
        Assert.Null(await storage.Toll.RulesAsync(TenantId.Default, cancellation: Cancellation));
    }

    [Fact]
    public async Task What_another_process_sets_arrives()
    {
        var server = Serve();
        await OpenBeside().Toll.SetRulesAsync(TenantId.Default, "", Rules, Cancellation);
        server.TollPolicies.Refresh();
        Assert.Equal(3, server.TollPolicies.Of(TenantId.Default).MaxConcurrent);
    }

    [Fact]
    public async Task A_price_list_is_replaced_as_a_whole_and_the_profile_s_own_comes_first()
    {
        var storage = Serve();
        await storage.Toll.SetPricesAsync(TenantId.Default, "", [new TollPriceRow("44", 0.012345m, 60), new TollPriceRow("447", 0.1m, 1)], Cancellation);
        await storage.Toll.SetPricesAsync(TenantId.Default, "main", [new TollPriceRow("447", 0.05m, 30)], Cancellation);

        Assert.Equal(new TollPrice(0.012345m, 60), storage.TollPolicies.PriceOf(TenantId.Default, "main", "442079460000"));
        Assert.Equal(new TollPrice(0.05m, 30), storage.TollPolicies.PriceOf(TenantId.Default, "main", "447700900000"));
        Assert.Equal(new TollPrice(0.1m, 1), storage.TollPolicies.PriceOf(TenantId.Default, "other", "447700900000"));
        Assert.Null(storage.TollPolicies.PriceOf(TenantId.Default, "main", "4930"));

        await storage.Toll.SetPricesAsync(TenantId.Default, "", [new TollPriceRow("49", 1m, 60)], Cancellation);
        Assert.Null(storage.TollPolicies.PriceOf(TenantId.Default, "other", "447700900000"));
        Assert.Equal([new TollPriceRow("49", 1m, 60)], await storage.Toll.PricesAsync(TenantId.Default, cancellation: Cancellation));
    }

    [Fact]
    public async Task What_is_set_for_a_profile_goes_with_it()
    {
        var storage = Serve();
        var profile = (await storage.Profiles.AddAsync(new SipProfile { Id = default, Tenant = TenantId.Default, Name = "carrier", Server = "sip.provider.test", Token = "" }, 10, Cancellation))!;
        foreach (var whose in new[] { "", profile.Id.Value })
        {
            await storage.Toll.SetRulesAsync(TenantId.Default, whose, Rules, Cancellation);
            await storage.Toll.SetPricesAsync(TenantId.Default, whose, [new TollPriceRow("44", 1m, 60)], Cancellation);
        }

        Assert.Equal(2, storage.TollPolicies.Lists);
        Assert.True(await storage.Profiles.RemoveAsync(TenantId.Default, profile.Id, Cancellation));
        Assert.Null(storage.TollPolicies.Of(TenantId.Default, profile.Id.Value));
        Assert.Equal(1, storage.TollPolicies.Lists);
        Assert.Empty(await storage.Toll.PricesAsync(TenantId.Default, profile.Id.Value, Cancellation));
        Assert.Equal(3, storage.TollPolicies.Of(TenantId.Default).MaxConcurrent);
        Assert.Single(await storage.Toll.PricesAsync(TenantId.Default, "", Cancellation));
    }

    [Fact]
    public async Task Money_and_block_outlive_the_process()
    {
        var storage = Serve();
        var state = new TollState(Today, 1.5m, new TollBlock(TollRule.Rate, "too many", At, At.AddHours(1)));
        storage.Toll.Save(TenantId.Default, TollState.Empty);
        storage.Toll.Save(TenantId.Default, state);
        await CloseAsync(storage);

        storage = Serve();
        Assert.Equal(state, storage.Toll.Load(TenantId.Default));
        Assert.Equal(TollState.Empty, storage.Toll.Load(new TenantId("other")));
        var forever = state with { Block = new TollBlock(TollRule.Probing, "doors", At, null) };
        storage.Toll.Save(TenantId.Default, forever);
        await CloseAsync(storage);
        Assert.Equal(forever, Serve().Toll.Load(TenantId.Default));
    }

    // Rows of other nodes as they wrote them: this one writes over none.
    [Fact]
    public async Task Each_node_keeps_its_own_money_and_all_of_it_is_the_tenant_s()
    {
        var storage = Serve();
        var day = Today;
        var block = new TollBlock(TollRule.Rate, "too many", At, null);
        storage.Toll.Save(TenantId.Default, new TollState(day, 1.5m, null));
        await storage.Writer.FlushAsync(Cancellation);
        foreach (var (node, of, micros, rule) in new[] { ("", day, 250_000, ""), ("other", day, 2_000_000, "Rate"), ("gone", day.AddDays(-1), 9_000_000, "") })
        {
            Execute(storage, $"""
                INSERT INTO toll_node_states (tenant_id, node_id, day, spent_micros, block_rule, block_text, block_since)
                VALUES ('default', '{node}', {of.DayNumber}, {micros}, '{rule}', '{(rule.Length > 0 ? block.Text : "")}', {(rule.Length > 0 ? At.ToUnixTimeMilliseconds() : 0)})
                """);
        }

        Assert.Equal(new TollState(day, 3.75m, block), await storage.Toll.StateAsync(TenantId.Default, Cancellation));
        await CloseAsync(storage);
        storage = Serve();
        Assert.Equal(new TollState(day, 1.5m, null), storage.Toll.Load(TenantId.Default));
        Assert.Equal(
            [("", new TollState(day, 0.25m, null)), ("gone", new TollState(day.AddDays(-1), 9, null)), ("other", new TollState(day, 2, block))],
            storage.Toll.LoadOthers(TenantId.Default).OrderBy(static other => other.Node, StringComparer.Ordinal));
        Assert.Empty(storage.Toll.LoadOthers(new TenantId("other")));

        storage.Toll.Save(TenantId.Default, new TollState(day, 1.75m, null));
        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(4, (await storage.Toll.StateAsync(TenantId.Default, Cancellation)).Spent);
        await storage.Toll.LiftAsync(TenantId.Default, at: null, Cancellation);
        Assert.Null((await storage.Toll.StateAsync(TenantId.Default, Cancellation)).Block);
    }

    [Fact]
    public async Task A_lift_reaches_the_server_that_runs_and_the_one_that_starts_later()
    {
        var storage = Serve();
        var state = new TollState(Today, 1.5m, new TollBlock(TollRule.Rate, "too many", At, null));
        storage.Toll.Save(TenantId.Default, state);
        await storage.Writer.FlushAsync(Cancellation);
        var lifted = new List<(TenantId Tenant, DateTimeOffset At)>();
        storage.TollPolicies.Lifted = (tenant, at) => lifted.Add((tenant, at));

        var beside = OpenBeside();
        Assert.Equal(state, await beside.Toll.StateAsync(TenantId.Default, Cancellation));
        await beside.Toll.LiftAsync(TenantId.Default, at: null, Cancellation);
        storage.TollPolicies.Refresh();
        storage.TollPolicies.Refresh();
        Assert.Equal(TenantId.Default, Assert.Single(lifted).Tenant);
        Assert.InRange(lifted[0].At, At, DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal(state with { Block = null }, await beside.Toll.StateAsync(TenantId.Default, Cancellation));
    }

    // Whoever lifts by the command does not know the clocks of the nodes, and a guard not those of which it has not heard.
    [Fact]
    public async Task The_time_of_a_lift_is_told_and_is_after_the_blocks_that_are_there()
    {
        var storage = Serve();
        var ahead = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds());
        storage.Toll.Save(TenantId.Default, new TollState(Today, 0, new TollBlock(TollRule.Rate, "too many", ahead.AddTicks(4_567), null)));
        await storage.Writer.FlushAsync(Cancellation);
        var lifted = new List<DateTimeOffset>();
        storage.TollPolicies.Lifted = (_, at) => lifted.Add(at);
        await storage.Toll.LiftAsync(TenantId.Default, at: null, Cancellation);
        storage.TollPolicies.Refresh();
        await storage.Toll.LiftAsync(TenantId.Default, At, Cancellation);
        storage.TollPolicies.Refresh();
        Assert.Equal([ahead.AddMilliseconds(1), ahead.AddMilliseconds(2)], lifted);
    }

    // The row of its block is cleared: a node that stayed shut could not be opened any more.
    [Fact]
    public async Task A_lift_by_a_guard_opens_also_the_block_of_a_node_of_which_it_has_not_heard()
    {
        var storage = Serve();
        storage.Toll.Save(TenantId.Default, new TollState(Today, 0, new TollBlock(TollRule.Rate, "here", At, null)));
        await storage.Writer.FlushAsync(Cancellation);
        Execute(storage, $"""
            INSERT INTO toll_node_states (tenant_id, node_id, day, spent_micros, block_rule, block_text, block_since)
            VALUES ('default', 'other', {Today.DayNumber}, 0, 'Rate', 'there', {At.AddSeconds(20).ToUnixTimeMilliseconds()})
            """);
        Assert.Equal(At.AddSeconds(20).AddMilliseconds(1), await storage.Toll.LiftAsync(TenantId.Default, At.AddSeconds(5), Cancellation));
        Assert.Null((await storage.Toll.StateAsync(TenantId.Default, Cancellation)).Block);
        Assert.Equal(At.AddMinutes(1), await storage.Toll.LiftAsync(TenantId.Default, At.AddMinutes(1), Cancellation));
    }

    // Of a lift that comes while a server starts nobody is told, but whoever asks knows it.
    [Fact]
    public async Task When_it_was_lifted_is_known_from_the_start_and_whatever_comes_then()
    {
        var storage = Serve();
        Assert.Equal(DateTimeOffset.MinValue, storage.TollPolicies.LiftedAt(TenantId.Default));
        Assert.Equal(At, await storage.Toll.LiftAsync(TenantId.Default, At, Cancellation));
        await CloseAsync(storage);
        storage = Serve();
        Assert.Equal(At, storage.TollPolicies.LiftedAt(TenantId.Default));
        await OpenBeside().Toll.LiftAsync(TenantId.Default, At.AddMinutes(1), Cancellation);
        storage.TollPolicies.Refresh();
        Assert.Equal(At.AddMinutes(1), storage.TollPolicies.LiftedAt(TenantId.Default));
        Assert.Equal(DateTimeOffset.MinValue, storage.TollPolicies.LiftedAt(new TenantId("other")));
    }

    // The last block may be over while one of before still holds.
    [Fact]
    public async Task Of_several_blocks_the_one_that_holds_is_shown()
    {
        var storage = Serve();
        foreach (var (node, since, until) in new[] { ("a", -60, "NULL"), ("b", -30, $"{At.AddMinutes(-20).ToUnixTimeMilliseconds()}") })
        {
            Execute(storage, $"""
                INSERT INTO toll_node_states (tenant_id, node_id, day, spent_micros, block_rule, block_text, block_since, block_until)
                VALUES ('default', '{node}', {Today.DayNumber}, 0, 'Rate', '{node}', {At.AddMinutes(since).ToUnixTimeMilliseconds()}, {until})
                """);
        }

        Assert.Equal("a", (await storage.Toll.StateAsync(TenantId.Default, Cancellation)).Block!.Text);
    }

    [Fact]
    public async Task What_is_over_is_dropped_at_the_next_start()
    {
        var storage = Serve();
        var hour = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds();
        foreach (var (node, day, rule, until) in new[]
        {
            ("lives", Today, "", "NULL"), ("yesterday", Today.AddDays(-2), "", "NULL"), ("gone", Today.AddDays(-3), "", "NULL"), ("open", Today.AddDays(-3), "Rate", $"{hour}"), ("blocks", Today.AddDays(-30), "Rate", "NULL"),
        })
        {
            Execute(storage, $"""
                INSERT INTO toll_node_states (tenant_id, node_id, day, spent_micros, block_rule, block_text, block_since, block_until) VALUES ('default', '{node}', {day.DayNumber}, 1, '{rule}', '', 0, {until})
                """);
        }

        await CloseAsync(storage);
        storage = Serve();
        string[] left = ["blocks", "lives", "yesterday"];
        Assert.Equal(left, storage.Toll.LoadOthers(TenantId.Default).Select(static other => other.Node).Order(StringComparer.Ordinal));
        await CloseAsync(storage);
        Assert.Equal(left, Serve().Toll.LoadOthers(TenantId.Default).Select(static other => other.Node).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"allowed":["gb"]}""")]
    [InlineData("""{"hours":{"from":"25:00","to":"07:00"}}""")]
    [InlineData("""{"hours":{"from":"19:00","to":"07:00","closedDays":["Someday"]}}""")]
    [InlineData("""{"hours":{"from":"19:00","to":"07:00","closedDays":["8"]}}""")]
    [InlineData("""{"blockForSeconds":-1}""")]
    [InlineData("""{"timeZone":null}""")]
    public void Rules_that_cannot_be_meant_are_not_taken(string json) => Assert.Null(TollRulesBody.Parse(json));

    [Fact]
    public void Left_out_is_the_default() => Assert.Equivalent(TollRules.Default, TollRulesBody.Parse("{}"), strict: true);
}
