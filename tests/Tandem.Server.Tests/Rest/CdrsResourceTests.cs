using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Rest;

public sealed class CdrsResourceTests
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
    [InlineData("number=%27%20OR%201=1--", "")]
    public async Task Filters_are_heeded(string query, string expected)
    {
        await using var server = await ApiServer.StartAsync();
        for (var i = 0; i < 5; i++)
            server.Storage.Journal.Closed(Record(i));
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
    [InlineData("caller=%00", "caller")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("cursor=OTk5OTk5OTk5OTk5OTk5OS54", "cursor")]
    public async Task What_is_wrong_is_refused_and_named(string query, string expected)
    {
        await using var server = await ApiServer.StartAsync();
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
    };
}
