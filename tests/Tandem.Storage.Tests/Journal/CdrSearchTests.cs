using Dapper;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Journal;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Journal;

public sealed class CdrSearchOnSqliteTests() : CdrSearchTests(null);

public sealed class CdrSearchOnPostgresTests(PostgresServer postgres) : CdrSearchTests(postgres);

public abstract class CdrSearchTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Tenant = TenantId.Default;

    public static TheoryData<CdrFilter, int[]> Filters => new()
    {
        { new CdrFilter(), [5, 4, 3, 2, 1, 0] },
        { new CdrFilter(Limit: 2), [5, 4] },
        { new CdrFilter(Number: "101"), [4, 3, 1, 0] },
        { new CdrFilter(Number: "101", Limit: 1), [4] },
        { new CdrFilter(Caller: "101"), [3, 1] },
        { new CdrFilter(Callee: "101"), [4, 3, 0] },
        { new CdrFilter(Caller: "101", Callee: "101"), [3] },
        { new CdrFilter(Direction: CallDirection.Outbound), [3, 1] },
        { new CdrFilter(Direction: CallDirection.Internal), [5, 4, 2, 0] },
        { new CdrFilter(Direction: CallDirection.Inbound), [] },
        { new CdrFilter(Result: ResultClass.Client), [4, 2] },
        { new CdrFilter(Result: ResultClass.Success), [5, 3, 1, 0] },
        { new CdrFilter(Profile: "sp_1"), [3, 1] },
        { new CdrFilter(Profile: "sp_2"), [] },
        { new CdrFilter(MinimumDuration: TimeSpan.FromSeconds(10)), [5, 3, 1, 0] },
        { new CdrFilter(MinimumDuration: TimeSpan.FromSeconds(10.001)), [] },
        { new CdrFilter(From: Sample.Start.AddSeconds(14), To: Sample.Start.AddSeconds(16)), [3, 2] },
        { new CdrFilter(Number: "101", Result: ResultClass.Success, Direction: CallDirection.Outbound), [3, 1] },
        { new CdrFilter(Attempted: "sp_9"), [5, 2] },
        { new CdrFilter(Attempted: "sp_9", Result: ResultClass.Client), [2] },
        { new CdrFilter(Attempted: ""), [] },
        { new CdrFilter(MinimumPrice: 0.12m), [5, 2] },
        { new CdrFilter(MinimumPrice: 0.124m), [] },
        { new CdrFilter(Ivr: "main"), [5, 2] },
        { new CdrFilter(Ivr: "sales"), [] },
        { new CdrFilter(Recorded: true), [5, 2] },
        { new CdrFilter(Recorded: false, Limit: 2), [4, 3] },
        { new CdrFilter(Number: "100", Recorded: true), [5, 2] },
        { new CdrFilter(Number: "' OR '1'='1"), [] },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_finds_what_it_names_newest_end_first(CdrFilter filter, int[] expected)
    {
        var storage = await FilledAsync();
        Assert.Equal(expected.Select(Sample.Id), (await storage.Cdrs.SearchAsync(Tenant, filter, Cancellation)).Select(record => record.Id));
        Assert.Empty(await storage.Cdrs.SearchAsync(new TenantId("other"), filter, Cancellation));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repetition_also_among_calls_that_ended_together()
    {
        var storage = Serve();
        for (var i = 0; i < 25; i++)
            storage.Journal.Closed(Sample.Ended(i) with { EndedAt = Sample.Start.AddSeconds(100 + (i / 10)) });
        await storage.Writer.FlushAsync(Cancellation);

        foreach (var number in new[] { null, "100" })
        {
            var seen = new List<CallId>();
            var filter = new CdrFilter(Number: number, Limit: 7);
            while (true)
            {
                var page = await storage.Cdrs.SearchAsync(Tenant, filter, Cancellation);
                seen.AddRange(page.Select(record => record.Id));
                if (page.Count < 7)
                    break;
                filter = filter with { After = (page[^1].EndedAt, page[^1].Id.Value) };
            }

            Assert.Equal(Enumerable.Range(0, 25).Reverse().OrderByDescending(i => i / 10).ThenByDescending(i => i).Select(Sample.Id), seen);
            var streamed = new List<CallId>();
            await foreach (var record in storage.Cdrs.StreamAsync(Tenant, new CdrFilter(Number: number, Limit: 7), Cancellation))
                streamed.Add(record.Id);
            Assert.Equal(seen, streamed);
        }
    }

    [Fact]
    public async Task Old_records_go_in_small_steps_and_the_totals_stay()
    {
        var storage = await FilledAsync();
        var before = Sample.Start.AddSeconds(12 + 4);

        Assert.Equal(3, await storage.Cdrs.PurgeAsync(before, 3, Cancellation));
        Assert.Equal(1, await storage.Cdrs.PurgeAsync(before, 3, Cancellation));
        Assert.Equal(0, await storage.Cdrs.PurgeAsync(before, 3, Cancellation));
        Assert.Equal([Sample.Id(5), Sample.Id(4)], (await storage.Cdrs.SearchAsync(Tenant, new CdrFilter(), Cancellation)).Select(record => record.Id));
        Assert.Equal(6, (await storage.Cdrs.TotalsAsync(Tenant, Cancellation)).Calls);
    }

    [Fact]
    public async Task Recordings_are_found_by_their_calls()
    {
        var storage = Serve();
        foreach (var (recording, call) in new[] { ("r1", 1), ("r2", 1), ("r3", 2) })
        {
            Execute(storage, $"""
                INSERT INTO recordings (recording_id, tenant_id, call_id, caller_number, callee_number, format, channels, key_id, file, state, started_at, duration_ms, bytes, sha256, dropped_ms, end_reason)
                VALUES ('{recording}', 'default', '{Sample.Id(call).Value}', '', '', 'Wav', 'Mixed', '', '', 'Complete', 1, 0, 0, '', 0, '')
                """);
        }

        var found = await storage.Cdrs.RecordingsAsync(Tenant, [Sample.Id(1).Value, Sample.Id(3).Value], Cancellation);
        Assert.Equal(["r1", "r2"], found[Sample.Id(1).Value]);
        Assert.Empty(found[Sample.Id(2).Value]);
        Assert.Empty(await storage.Cdrs.RecordingsAsync(new TenantId("other"), [Sample.Id(1).Value], Cancellation));
    }

    public static TheoryData<string, CdrFilter, string[]> Plans => new()
    {
        { "all", new CdrFilter(), ["cdrs_by_end"] },
        { "next page", new CdrFilter(After: (Sample.Start, "x")), ["cdrs_by_end"] },
        { "time", new CdrFilter(From: Sample.Start, To: Sample.Start.AddHours(1)), ["cdrs_by_end"] },
        { "caller", new CdrFilter(Caller: "107"), ["cdrs_of_caller"] },
        { "callee", new CdrFilter(Callee: "107"), ["cdrs_of_callee"] },
        { "number", new CdrFilter(Number: "107"), ["cdrs_of_caller", "cdrs_of_callee"] },
        { "number, next page", new CdrFilter(Number: "107", After: (Sample.Start.AddDays(1), "x")), ["cdrs_of_caller", "cdrs_of_callee"] },
        { "direction", new CdrFilter(Direction: CallDirection.Inbound), ["cdrs_by_direction"] },
        { "result", new CdrFilter(Result: ResultClass.Upstream), ["cdrs_by_result"] },
        { "profile", new CdrFilter(Profile: "sp_7"), ["cdrs_by_profile"] },
        { "price", new CdrFilter(MinimumPrice: 0.1m), ["cdrs_with_price"] },
        { "dear", new CdrFilter(MinimumPrice: 90), ["cdrs_of_price_10"] },
        { "very dear", new CdrFilter(MinimumPrice: 100), ["cdrs_of_price_100"] },
        { "flow", new CdrFilter(Ivr: "ivr7"), ["cdrs_by_ivr"] },
        { "recorded", new CdrFilter(Recorded: true), ["cdrs_by_recording"] },
        { "attempted", new CdrFilter(Attempted: "sp_7"), ["cdr_attempts_by_profile"] },
        { "attempted, next page", new CdrFilter(Attempted: "sp_7", After: (Sample.Start.AddDays(1), "x")), ["cdr_attempts_by_profile"] },
        { "duration", new CdrFilter(MinimumDuration: TimeSpan.FromHours(5)), ["cdrs_of_4_hours"] },
        { "long", new CdrFilter(MinimumDuration: TimeSpan.FromMinutes(15)), ["cdrs_of_10_minutes"] },
    };

    /// <summary>No filter that the API offers reads the whole table, on either database: the plan names the index that is meant for it.</summary>
    [Theory]
    [MemberData(nameof(Plans))]
    public void Each_filter_has_its_index(string name, CdrFilter filter, string[] indexes)
    {
        var storage = OpenBeside();
        Execute(storage, Rows(IsPostgres));
        Execute(storage, "ANALYZE cdrs");
        using var connection = storage.Database.Connect();
        var explain = IsPostgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ";
        var plan = connection.Query(explain + CdrSearch.Sql(filter), CdrSearch.Parameters(Tenant, filter))
            .Select(row => (string)(IsPostgres ? ((IDictionary<string, object>)row)["QUERY PLAN"] : ((IDictionary<string, object>)row)["detail"])).ToList();

        var text = $"{name}:\n{string.Join('\n', plan)}";
        Assert.False(plan.Exists(line => line.Contains("Seq Scan on cdrs", StringComparison.Ordinal) || (line.StartsWith("SCAN ", StringComparison.Ordinal) && line.Contains("cdrs", StringComparison.Ordinal) && !line.Contains("INDEX", StringComparison.Ordinal))), text);

        Assert.All(indexes, index => Assert.True(text.Contains(index, StringComparison.Ordinal), text));
    }

    private async Task<TandemStorage> FilledAsync()
    {
        var storage = Serve();
        storage.Journal.Closed(Plain(Sample.Ended(0, "100", "101")));
        storage.Journal.Closed(Sample.Ended(1, "101", "102"));
        storage.Journal.Closed(Sample.Ended(2, "102", "100", answered: false) with { Extras = Sample.Extras(2) });
        storage.Journal.Closed(Sample.Ended(3, "101", "101"));
        storage.Journal.Closed(Sample.Ended(4, "100", "101", answered: false));
        storage.Journal.Closed(Plain(Sample.Ended(5, "100", "102")) with { Extras = Sample.Extras(5) });
        await storage.Writer.FlushAsync(Cancellation);
        return storage;
    }

    private static CallDetailRecord Plain(CallDetailRecord record) => record with { Direction = CallDirection.Internal, ProfileId = "" };

    // 20,000 calls of a usual day: 40 numbers, few failures of the upstream, few inbound calls, many profiles, hardly any call of hours.
    private static string Rows(bool isPostgres)
    {
        var numbers = isPostgres
            ? "SELECT n FROM generate_series(0, 19999) AS n"
            : "WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < 19999) SELECT n FROM series";
        return $"""
            INSERT INTO cdrs (call_id, tenant_id, trace_id, caller_number, callee_number, caller_address, callee_address, caller_sip_call_id, callee_sip_call_id, initiated_at, ended_at,
                duration_ms, result, reason, sip_status, ended_by, q850_cause, verdict_text, caller_packets, caller_bytes, caller_lost, caller_jitter_us, callee_packets, callee_bytes, callee_lost,
                callee_jitter_us, direction, profile_id, price_micros, ivr_flow, recording_ids)
            SELECT 'call-' || n, 'default', '', '' || (100 + (n * 7) % 40), '' || (100 + (n * 11) % 40), '', '', '', '', {Sample.Start.ToUnixTimeMilliseconds()} + n * 1000, {Sample.Start.ToUnixTimeMilliseconds()} + n * 1000,
                CASE WHEN n % 5000 = 0 THEN 20000000 WHEN n % 3 = 0 THEN 0 ELSE n END, CASE WHEN n % 500 = 0 THEN 'Upstream' WHEN n % 3 = 0 THEN 'Client' ELSE 'Success' END, 'Completed', 200, 'Caller', 16, '',
                0, 0, 0, 0, 0, 0, 0, 0, CASE WHEN n % 400 = 0 THEN 'Inbound' ELSE 'Internal' END, CASE WHEN n % 400 = 0 THEN 'sp_' || (n / 400) % 10 ELSE '' END,
                CASE WHEN n % 100 = 0 THEN n * 5000 END, CASE WHEN n % 200 = 0 THEN 'ivr' || (n / 200) % 10 ELSE '' END, CASE WHEN n % 300 = 0 THEN 'rec' ELSE '' END
            FROM ({numbers}) AS numbered;
            INSERT INTO cdr_attempts (call_id, attempt, tenant_id, call_ended_at, number, address, sip_call_id, profile_id, sip_status, phrase, dialled_at, ended_at)
            SELECT call_id, 1, tenant_id, ended_at, '', '', '', profile_id, 503, '', 0, 0 FROM cdrs WHERE profile_id <> ''
            """;
    }
}
