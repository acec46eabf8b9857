using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;

namespace Tandem.Server.Rest;

public sealed class StatisticsResourceTests
{
    [Fact]
    public async Task Statistics_have_the_fields_of_document_5_first_and_ours_beside_them()
    {
        await using var server = await ApiServer.StartAsync();
        var statistics = await server.JsonAsync("/api/statistics");

        Assert.Equal(["activeCalls", "totalCalls", "stateStats", "averageDuration", "completedCalls", "serverUptime"], Names(statistics, "calls").Take(6));
        Assert.Equal(["totalUsers", "activeUsers", "addressStats", "recentRegistrations", "registrationHistory"], Names(statistics, "users").Take(5));
        Assert.Equal(["activeStreams"], Names(statistics, "rtp"));
        Assert.Equal(["uptime", "memory", "version", "gcPauses"], Names(statistics, "server"));
        Assert.Equal(["count", "p50", "p99", "p999", "longest", "total", "long"], Names(statistics.GetProperty("server"), "gcPauses"));
        Assert.Equal(
            ["sessions", "rtp", "rtcp", "opaque", "heard", "reports", "stun", "dtls", "dropped", "sendErrors", "receiveErrors", "failures", "ticks", "handshakes"],
            Names(statistics, "media"));
        Assert.Equal(
            ["invalid", "stranger", "notWanted", "noTarget", "noKey", "badTag", "replay", "notAllowed", "noLine", "stun", "dtls", "mismatch", "oversize"],
            Names(statistics.GetProperty("media"), "dropped"));
        Assert.Equal(["rss", "heapTotal", "heapUsed", "external", "arrayBuffers"], Names(statistics.GetProperty("server"), "memory"));
        Assert.Equal(
            ["calls", "users", "rtp", "server", "transactions", "dialogs", "ports", "queues", "tables", "database", "faults", "overload", "names", "connections", "transport", "subscriptions", "messages", "media", "sounds"],
            statistics.EnumerateObject().Select(p => p.Name));
        Assert.True(statistics.GetProperty("server").GetProperty("memory").GetProperty("rss").GetInt64() > 1 << 20);
    }

    [Fact]
    public async Task Numbers_come_from_the_exchange_and_the_database()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Ringing));
        server.Exchange.Active.Add(FakeExchange.Call(2, CallState.Established));
        server.Exchange.Registered.Add(FakeExchange.Contact("100", "192.0.2.1", DateTimeOffset.UtcNow.AddMinutes(5)));
        server.Exchange.Hear(new CallCreated(server.Exchange.Active[0], DateTimeOffset.UtcNow));
        server.Exchange.Hear(new CallEnded(server.Exchange.Active[0], FakeExchange.Record(1), DateTimeOffset.UtcNow));
        server.Exchange.Numbers = new ExchangeGauges
        {
            Calls = 2,
            ServerTransactions = 3,
            ClientTransactions = 4,
            Dialogs = 5,
            PortsInUse = 8,
            PortsInQuarantine = 2,
            Mailboxes = [1, 0],
            Turns = 6,
            Timers = 9,
            Transport = new TransportNumbers(1, 2, 3, 4, 5, 6, 7),
        };
        server.Storage.Journal.Closed(FakeExchange.Record(1));
        await server.Storage.Writer.FlushAsync(TestContext.Current.CancellationToken);

        var statistics = await server.JsonAsync("/api/statistics");

        var calls = statistics.GetProperty("calls");
        Assert.Equal((2, 1, 1, 2.5), (calls.GetProperty("activeCalls").GetInt32(), calls.GetProperty("totalCalls").GetInt32(),
            calls.GetProperty("completedCalls").GetInt32(), calls.GetProperty("averageDuration").GetDouble()));
        Assert.Equal("""{"RINGING":1,"ESTABLISHED":1}""", calls.GetProperty("stateStats").GetRawText());
        Assert.Equal("""{"COMPLETED":1}""", calls.GetProperty("endedByReason").GetRawText());
        Assert.Equal("""{"192.0.2.1":1}""", statistics.GetProperty("users").GetProperty("addressStats").GetRawText());
        Assert.Equal("""{"server":3,"client":4,"total":7}""", statistics.GetProperty("transactions").GetRawText());
        Assert.Equal(5, statistics.GetProperty("dialogs").GetInt32());
        Assert.Equal(
            """{"flowsEnded":1,"flowsLost":2,"stunRequests":3,"stunAnswers":4,"icmpErrors":5,"undelivered":6,"refusedHalfOpen":7}""",
            statistics.GetProperty("transport").GetRawText());
        Assert.Equal("""{"inUse":8,"quarantine":2}""", statistics.GetProperty("ports").GetRawText());
        Assert.Equal("""{"shards":[1,0],"turns":6,"databaseWrites":0,"spilledWrites":0}""", statistics.GetProperty("queues").GetRawText());
        Assert.Equal(1, statistics.GetProperty("database").GetProperty("written").GetInt32());
        Assert.Equal(11, statistics.GetProperty("tables").GetProperty("extensions").GetInt32());
    }

    [Fact]
    public async Task Extensions_are_the_enabled_numbers_of_the_range()
    {
        await using var server = await ApiServer.StartAsync();
        await server.Storage.Extensions.AddAsync(Tandem.Calls.Tenants.TenantId.Default, "200");
        await server.Storage.Extensions.SetEnabledAsync(Tandem.Calls.Tenants.TenantId.Default, "105", false);

        Assert.Equal("""["100","101","102","103","104","106","107","108","109","110"]""", (await server.GetAsync("/api/extensions")).Body);
    }

    private static IEnumerable<string> Names(JsonElement parent, string name) => parent.GetProperty(name).EnumerateObject().Select(p => p.Name);
}
