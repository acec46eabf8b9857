using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Tandem.Calls.Security.Toll;

namespace Tandem.Server.Rest;

public sealed class TollResourceTests
{
    [Fact]
    public async Task Rules_are_set_tried_and_taken_back()
    {
        await using var server = await ApiServer.StartAsync();
        var rules = (await server.JsonAsync("/api/v1/toll/rules")).GetProperty("data");
        Assert.True(rules.GetProperty("isDefault").GetBoolean());
        Assert.Equal(["home"], rules.GetProperty("rules").GetProperty("allowed").EnumerateArray().Select(entry => entry.GetString()));
        Assert.Equal("Destination", await RuleAsync(server, "%2B4930123456"));

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/toll/rules", JsonNode.Parse("""{"allowed":["DE"]}"""))).Status);
        Assert.Null(await RuleAsync(server, "%2B4930123456"));
        Assert.Equal("Premium", await RuleAsync(server, "%2B499001234567"));
        Assert.Equal("NotANumber", await RuleAsync(server, "030123456"));

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/toll/rules")).Status);
        Assert.Equal("Destination", await RuleAsync(server, "%2B4930123456"));
    }

    [Theory]
    [InlineData("""{"allowed":["Germany"]}""", "allowed has 'Germany'")]
    [InlineData("""{"maxConcurrent":-1}""", "maxConcurrent")]
    [InlineData("""{"timeZone":"Mars"}""", "timeZone is 'Mars'")]
    [InlineData("""{"hours":{"from":"7","to":"8"}}""", "hours")]
    public async Task Wrong_rules_are_refused_by_name(string body, string named)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, answer) = await server.SendAsync(HttpMethod.Put, "/api/v1/toll/rules", JsonNode.Parse(body));
        Assert.Equal(400, status);
        Assert.Contains(named, JsonNode.Parse(answer)!["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_price_list_goes_in_and_comes_out()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(200, await PutAsync(server, "prefix,perMinute,incrementSeconds\n+4420,0.0125,60\r\n447,0.2,1\n49,1\n"));
        Assert.Equal((200, "prefix,perMinute,incrementSeconds\n4420,0.0125,60\n447,0.2,1\n49,1,60\n"), await server.GetAsync("/api/v1/toll/prices"));
        var explained = (await server.JsonAsync("/api/v1/toll/explain?number=%2B442079460000&ownNumber=%2B441134960000")).GetProperty("data");
        Assert.Equal(0.0125m, explained.GetProperty("pricePerMinute").GetDecimal());
        Assert.Equal("GB", explained.GetProperty("country").GetString());
        foreach (var bad in new[] { "44,-1,60", "44,1e3,60", "44", "44,1,0", "44,1,60,9", "x,1,60", "44,1,60\n44,2,60", "44,99999999999,60" })
            Assert.Equal(400, await PutAsync(server, bad));
        Assert.Equal(200, await PutAsync(server, ""));
        Assert.Equal((200, "prefix,perMinute,incrementSeconds\n"), await server.GetAsync("/api/v1/toll/prices"));
    }

    // A name that is written wrong would protect nothing, and lists of profiles that do not exist would fill the memory of all nodes.
    [Fact]
    public async Task Only_a_profile_of_the_tenant_has_rules_and_prices()
    {
        await using var server = await ApiServer.StartAsync();
        var other = new Calls.Tenants.TenantId("other");
        await server.Storage.Tenants.AddAsync(new Calls.Tenants.Tenant(other, "Other"), TestContext.Current.CancellationToken);
        var (mine, theirs) = (await ProfileAsync(server, Calls.Tenants.TenantId.Default), await ProfileAsync(server, other));
        foreach (var (profile, status) in new[] { (mine, 200), (theirs, 400), ("carier", 400) })
        {
            Assert.Equal(status, (await server.SendAsync(HttpMethod.Put, "/api/v1/toll/rules?profile=" + profile, JsonNode.Parse("""{"maxConcurrent":1}"""))).Status);
            Assert.Equal(status, (await server.GetAsync("/api/v1/toll/rules?profile=" + profile)).Status);
            Assert.Equal(status, (await server.SendAsync(HttpMethod.Delete, "/api/v1/toll/rules?profile=" + profile)).Status);
            Assert.Equal(status, (await server.GetAsync("/api/v1/toll/explain?number=%2B442079460000&profile=" + profile)).Status);
            Assert.Equal(status, await PutAsync(server, "44,1", profile));
            var (read, body) = await server.GetAsync("/api/v1/toll/prices?profile=" + profile);
            Assert.Equal(status, read);
            if (status == 400)
                Assert.Contains($"there is no '{profile}'", body, StringComparison.Ordinal);
        }

        Assert.Equal(1, server.Storage.TollPolicies.Lists);
    }

    [Fact]
    public async Task A_number_for_help_is_not_hidden_by_a_queue()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/queues", JsonNode.Parse("""{"name":"sales","number":"910"}"""))).Status);
        var (status, body) = await server.SendAsync(HttpMethod.Put, "/api/v1/toll/rules", JsonNode.Parse("""{"alwaysAllowed":["112","910"]}"""));
        Assert.Equal((409, true), (status, body.Contains("The number 910 is taken by queue sales", StringComparison.Ordinal)));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/toll/rules", JsonNode.Parse("""{"alwaysAllowed":["112","911"]}"""))).Status);
    }

    // What a profile adds hides nothing; an extension that is hidden already, by a range that held the number, holds up no other change.
    [Fact]
    public async Task A_number_for_help_hides_no_extension()
    {
        await using var server = await ApiServer.StartAsync();
        var profile = await ProfileAsync(server, Calls.Tenants.TenantId.Default);
        Assert.Equal(200, (await SetAsync("""{"alwaysAllowed":["911"]}""")).Status);
        Assert.NotNull(await server.Storage.Extensions.AddAsync(Calls.Tenants.TenantId.Default, "112", cancellation: TestContext.Current.CancellationToken));
        foreach (var body in new[] { """{"alwaysAllowed":["911","112"]}""", "{}" })
        {
            var (status, answer) = await SetAsync(body);
            Assert.Equal((409, true), (status, answer.Contains("The number 112 is taken by extension 112", StringComparison.Ordinal)));
        }

        Assert.Equal(409, (await server.SendAsync(HttpMethod.Delete, "/api/v1/toll/rules")).Status);
        Assert.Equal(200, (await SetAsync("""{"maxConcurrent":1}""", profile)).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/toll/rules?profile=" + profile)).Status);
        Assert.Equal(200, (await SetAsync("""{"alwaysAllowed":["911","98765"]}""")).Status);

        Assert.NotNull(await server.Storage.Extensions.AddAsync(Calls.Tenants.TenantId.Default, "98765", cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(200, (await SetAsync("""{"alwaysAllowed":["911","98765"],"maxConcurrent":2}""")).Status);

        Task<(int Status, string Body)> SetAsync(string rules, string profile = "") => server.SendAsync(HttpMethod.Put, "/api/v1/toll/rules?profile=" + profile, JsonNode.Parse(rules));
    }

    [Fact]
    public async Task Nothing_to_lift_is_said()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, "/api/v1/toll/lift")).Status);
        Assert.Equal(
            (200, """{"success":true,"data":{"calls":0,"inLastMinute":0,"spentToday":0,"admitted":0,"refused":0,"block":null}}"""),
            await server.GetAsync("/api/v1/toll/state"));
    }

    // While the database is away nothing is opened: else the other nodes stayed shut, and nobody could ask again.
    [Fact]
    public async Task A_lift_that_failed_has_opened_nothing_and_is_asked_again()
    {
        await using var server = await ApiServer.StartAsync();
        Trip(server);
        Execute(server, "ALTER TABLE toll_lifts RENAME TO toll_lifts_away");
        Assert.True((await server.SendAsync(HttpMethod.Post, "/api/v1/toll/lift")).Status >= 500);
        Assert.NotNull(server.Toll.Show(Calls.Tenants.TenantId.Default, DateTimeOffset.UtcNow).Block);

        Execute(server, "ALTER TABLE toll_lifts_away RENAME TO toll_lifts");
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Post, "/api/v1/toll/lift")).Status);
        Assert.Null(server.Toll.Show(Calls.Tenants.TenantId.Default, DateTimeOffset.UtcNow).Block);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, "/api/v1/toll/lift")).Status);
    }

    // Nothing was heard of it here, as while Redis is away.
    [Theory]
    [InlineData("NULL", 200)]
    [InlineData("1", 409)]
    public async Task A_block_of_another_node_is_lifted_as_the_database_has_it(string until, int status)
    {
        await using var server = await ApiServer.StartAsync();
        Execute(server, $"INSERT INTO toll_node_states (tenant_id, node_id, day, spent_micros, block_rule, block_text, block_since, block_until) VALUES ('default', 'other', 800000, 0, 'Rate', 'too many', 0, {until})");
        Assert.Equal(status, (await server.SendAsync(HttpMethod.Post, "/api/v1/toll/lift")).Status);
        var state = await server.Storage.Toll.StateAsync(Calls.Tenants.TenantId.Default, TestContext.Current.CancellationToken);
        Assert.Equal(status == 200, state.Block is null);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, "/api/v1/toll/lift")).Status);
    }

    // A destination that is closed, until there were too many.
    private static void Trip(ApiServer server)
    {
        for (var i = 0; i < 10; i++)
            server.Toll.Admit(new TollCall(Calls.Tenants.TenantId.Default, "main", "100", "+4930123456", "+441134960000"), DateTimeOffset.UtcNow);
        Assert.NotNull(server.Toll.Show(Calls.Tenants.TenantId.Default, DateTimeOffset.UtcNow).Block);
    }

    private static void Execute(ApiServer server, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, "tandem.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<string> ProfileAsync(ApiServer server, Calls.Tenants.TenantId tenant) => (await server.Storage.Profiles.AddAsync(
        new Calls.Trunks.SipProfile { Id = default, Tenant = tenant, Name = "carrier", Server = "sip.provider.test", Token = "" }, 10, TestContext.Current.CancellationToken))!.Id.Value;

    private static async Task<string?> RuleAsync(ApiServer server, string number) =>
        (await server.JsonAsync("/api/v1/toll/explain?number=" + number)).GetProperty("data").GetProperty("rule").GetString();

    private static async Task<int> PutAsync(ApiServer server, string list, string profile = "")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(list));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var response = await server.Client.PutAsync(new Uri("/api/v1/toll/prices?profile=" + profile, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
