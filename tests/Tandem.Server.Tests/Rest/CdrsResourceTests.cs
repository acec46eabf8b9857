using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Rest;

public sealed class CdrsResourceTests(CdrsResourceTests.FiveRecords shared) : IClassFixture<CdrsResourceTests.FiveRecords>
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Records_are_listed_page_by_page_and_found_by_their_id()
    {
        await using var server = await ApiServer.StartAsync();
        for (var i = 0; i < 5; i++)
            server.Storage.Journal.Closed(Record(i));

        var first = (await server.JsonAsync("/api/v1/cdrs?limit=3")).GetProperty("data");
        Assert.Equal([Id(4), Id(3), Id(2)], Ids(first));
        var second = (await server.JsonAsync($"/api/v1/cdrs?limit=3&cursor={first.GetProperty("nextCursor").GetString()}")).GetProperty("data");
        Assert.Equal([Id(1), Id(0)], Ids(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);

        var one = (await server.JsonAsync($"/api/v1/cdrs/{Id(2)}")).GetProperty("data");
        Assert.Equal(("OUTBOUND", "sp_1", 10.0), (one.GetProperty("direction").GetString(), one.GetProperty("profileId").GetString(), one.GetProperty("duration").GetDouble()));
        Assert.Equal("COMPLETED", one.GetProperty("verdict").GetProperty("reason").GetString());
        Assert.Equal(["CALLER", "CALLEE"], one.GetProperty("legs").EnumerateArray().Select(leg => leg.GetProperty("side").GetString()));
        Assert.Equal("opus", one.GetProperty("legs")[0].GetProperty("media").GetProperty("codec").GetString());
        Assert.Equal(0, one.GetProperty("recordings").GetArrayLength());
        Assert.Equal((0.5m, "main/2", 1), (one.GetProperty("price").GetDecimal(), one.GetProperty("ivrPath").GetString(), one.GetProperty("attempts").GetArrayLength()));
        Assert.Equal(("sp_9", 503), (one.GetProperty("attempts")[0].GetProperty("profileId").GetString(), one.GetProperty("attempts")[0].GetProperty("sipStatus").GetInt32()));
        Assert.Equal(JsonValueKind.Null, (await server.JsonAsync($"/api/v1/cdrs/{Id(1)}")).GetProperty("data").GetProperty("price").ValueKind);
        Assert.Equal(404, (await server.GetAsync("/api/v1/cdrs/nothing")).Status);
        Assert.Equal(404, (await server.GetAsync($"/api/v1/cdrs/{Id(2)}", ("X-Tenant", "other"))).Status);
    }

    [Theory]
    [InlineData("number=101", "4,3,2,1,0")]
    [InlineData("caller=100&limit=1", "4")]
    [InlineData("direction=outbound&result=success", "4,3,2,1,0")]
    [InlineData("direction=INBOUND", "")]
    [InlineData("minDuration=10", "4,3,2,1,0")]
    [InlineData("minDuration=10.5", "")]
    [InlineData("profile=sp_1", "4,3,2,1,0")]
    [InlineData("from=2026-03-01T12:00:14Z&to=2026-03-01T12:00:16Z", "3,2")]
    [InlineData("attempted=sp_9", "2")]
    [InlineData("minPrice=0.5&ivr=main&recorded=true", "2")]
    [InlineData("recorded=false&limit=2", "4,3")]
    [InlineData("number=%27%20OR%201=1--", "")]
    public async Task Filters_are_heeded(string query, string expected)
    {
        var server = shared.Server;
        Assert.Equal(
            expected.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => Id(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))),
            Ids((await server.JsonAsync($"/api/v1/cdrs?{query}")).GetProperty("data")));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("direction=up", "INTERNAL, INBOUND, OUTBOUND")]
    [InlineData("result=fine", "SUCCESS")]
    [InlineData("minDuration=0", "minDuration")]
    [InlineData("minDuration=NaN", "minDuration")]
    [InlineData("number=", "number")]
    [InlineData("minPrice=0", "minPrice")]
    [InlineData("attempted=", "attempted")]
    [InlineData("ivr=%00", "ivr")]
    [InlineData("caller=%00", "caller")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("cursor=OTk5OTk5OTk5OTk5OTk5OS54", "cursor")]
    public async Task What_is_wrong_is_refused_and_named(string query, string expected)
    {
        var server = shared.Server;
        var (status, body) = await server.GetAsync($"/api/v1/cdrs?{query}");
        Assert.Equal(400, status);
        Assert.Contains(expected, body, StringComparison.Ordinal);
        if (!query.StartsWith("limit", StringComparison.Ordinal) && !query.StartsWith("cursor", StringComparison.Ordinal))
            Assert.Equal(400, (await server.GetAsync($"/api/v1/cdrs/export?{query}")).Status);
    }

    [Fact]
    public async Task An_export_has_a_line_for_each_call_and_no_formula()
    {
        await using var server = await ApiServer.StartAsync();
        for (var i = 0; i < 2_100; i++)
            server.Storage.Journal.Closed(Record(i, caller: i == 7 ? "=HYPERLINK(\"http://evil.example\",\"x\")" : "+4930123"));
        await server.Storage.Writer.FlushAsync(TestContext.Current.CancellationToken);

        using var response = await server.RawAsync(HttpMethod.Get, "/api/v1/cdrs/export?result=success");
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment; filename=\"cdrs.csv\"", response.Content.Headers.ContentDisposition!.ToString());
        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n");
        Assert.Equal(2_102, lines.Length);
        Assert.StartsWith("id,direction,caller,callee,initiatedAt", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{Id(2_099)},OUTBOUND,'+4930123,101,", lines[1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith($"{Id(7)},OUTBOUND,\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",101,", StringComparison.Ordinal));
        Assert.Equal("", lines[^1]);
        Assert.EndsWith(",traceId,attempts,price,ivrPath,recordingIds", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(",trace,1,0.5,main/2,r1 r2", Assert.Single(lines, line => line.StartsWith(Id(2), StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_legs_has_a_line_for_each_leg_also_for_those_that_did_not_answer()
    {
        await using var server = await ApiServer.StartAsync();
        server.Storage.Journal.Closed(Record(2));
        await server.Storage.Writer.FlushAsync(TestContext.Current.CancellationToken);

        using var response = await server.RawAsync(HttpMethod.Get, "/api/v1/cdrs/export?rows=legs");
        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n");
        Assert.Equal(
            [
                "callId,leg,role,number,address,sipCallId,profileId,sipStatus,text,dialledAt,ringingAt,answeredAt,endedAt",
                $"{Id(2)},1,CALLER,100,,,,,,2026-03-01T12:00:02.000Z,,2026-03-01T12:00:04.000Z,2026-03-01T12:00:14.000Z",
                $"{Id(2)},2,ATTEMPT,101,203.0.113.1:5060,x@example,sp_9,503,'=Unavailable,2026-03-01T12:00:00.000Z,,,2026-03-01T12:00:01.000Z",
                $"{Id(2)},3,CALLEE,101,,,sp_1,200,,,,2026-03-01T12:00:04.000Z,2026-03-01T12:00:14.000Z",
                "",
            ],
            lines);
        Assert.Equal(400, (await server.GetAsync("/api/v1/cdrs/export?rows=all")).Status);
    }

    private static string Id(int number) => $"01TEST{number:00000000000000000000}";

    private static IEnumerable<string?> Ids(JsonElement page) => page.GetProperty("cdrs").EnumerateArray().Select(record => record.GetProperty("id").GetString());

    private static CallDetailRecord Record(int number, string caller = "100") => new()
    {
        Id = new CallId(Id(number)),
        Tenant = TenantId.Default,
        TraceId = "trace",
        CallerNumber = caller,
        CalleeNumber = "101",
        Direction = CallDirection.Outbound,
        ProfileId = "sp_1",
        InitiatedAt = Start.AddSeconds(number),
        AnsweredAt = Start.AddSeconds(number + 2),
        EndedAt = Start.AddSeconds(number + 12),
        Verdict = new Verdict(ResultClass.Success, EndReason.Completed, 200, CallSide.Caller, 16),
        FromCaller = DirectionStatistics.None with { Codec = "opus" },
        Extras = number == 2
            ? new CallExtras
            {
                Attempts = [new CallAttempt("101", "203.0.113.1:5060", "x@example", "sp_9", 503, "=Unavailable", Start, null, Start.AddSeconds(1))],
                Price = 0.5m,
                IvrPath = "main/2",
                Recordings = ["r1", "r2"],
            }
            : null,
    };

    /// <summary>An API with five records of calls.</summary>
    public sealed class FiveRecords : SharedApi
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            for (var i = 0; i < 5; i++)
                Server.Storage.Journal.Closed(Record(i));
        }
    }
}
