using System.Globalization;
using Npgsql;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage;
using Tandem.Storage.Journal;

namespace Tandem.Load.Cdrs;

/// <summary>
/// Fills a PostgreSQL with records of calls and measures what each search of the API costs it, by pg_stat_statements: the statements are those
/// that the exchange sends.
/// </summary>
internal static class CdrProgram
{
    private const int Runs = 20;

    // What issue and documentation promise for a page.
    private const double Allowed = 50;

    /// <param name="arguments"><c>--postgres CONNECTION --rows N [--skip-fill]</c></param>
    public static async Task RunAsync(string[] arguments)
    {
        var connectionString = Value(arguments, "--postgres") ?? throw new ArgumentException("--postgres must name a database of its own");
        var rows = int.Parse(Value(arguments, "--rows") ?? "10000000", CultureInfo.InvariantCulture);
        var directory = Directory.CreateTempSubdirectory("tandem-cdrs-").FullName;
        await using var storage = TandemStorage.Open(new StorageOptions { DataDirectory = directory, PostgresUrl = connectionString, CommandTimeout = TimeSpan.FromMinutes(10) });
        await using var source = NpgsqlDataSource.Create(connectionString);
        if (!arguments.Contains("--skip-fill"))
            await new CdrFiller(source).FillAsync(rows);

        Console.WriteLine($"| search | rows | ms of the database, mean | slowest of {Runs} |");
        Console.WriteLine("| --- | --- | --- | --- |");
        var slow = new List<string>();
        foreach (var (name, search) in Searches())
        {
            await ExecuteAsync(source, "SELECT pg_stat_statements_reset()");
            var found = 0;
            for (var run = 0; run < Runs; run++)
                found += await search(storage.Cdrs, new Random(run));
            var (mean, worst) = await TimesAsync(source);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {found / Runs} | {mean / Runs:0.0} | {worst:0.0} |"));
            if (worst > Allowed)
                slow.Add(name);
        }

        Console.WriteLine(slow.Count == 0 ? $"all below {Allowed} ms" : $"above {Allowed} ms: {string.Join(", ", slow)}");
        Directory.Delete(directory, recursive: true);
    }

    private static IEnumerable<(string Name, Func<CdrRepository, Random, Task<int>> Search)> Searches()
    {
        yield return ("the newest 50", Of(_ => new CdrFilter()));
        yield return ("the newest 500", Of(_ => new CdrFilter(Limit: 500)));
        yield return ("a page deep in the list (cursor)", Of(random => new CdrFilter(After: (CdrFiller.Start.AddSeconds(random.Next(30_000_000)), "x"))));
        yield return ("`from`, `to`: a day", Of(random => Day(random)));
        yield return ("`number` (extension)", Of(random => new CdrFilter(Number: Extension(random))));
        yield return ("`number` (outside, seldom)", Of(random => new CdrFilter(Number: Outside(random))));
        yield return ("`number` and a day", Of(random => Day(random) with { Number = Extension(random) }));
        yield return ("`caller`", Of(random => new CdrFilter(Caller: Extension(random))));
        yield return ("`callee`", Of(random => new CdrFilter(Callee: Extension(random))));
        yield return ("`caller` and `callee`", Of(random => new CdrFilter(Caller: Extension(random), Callee: Extension(random))));
        foreach (var direction in Enum.GetValues<CallDirection>())
            yield return ($"`direction` {direction}", Of(_ => new CdrFilter(Direction: direction)));
        foreach (var result in Enum.GetValues<ResultClass>())
            yield return ($"`result` {result}", Of(_ => new CdrFilter(Result: result)));
        yield return ("`result` Upstream of a caller", Of(random => new CdrFilter(Caller: Extension(random), Result: ResultClass.Upstream)));
        yield return ("`profile`", Of(random => new CdrFilter(Profile: $"sp_{random.Next(5)}")));
        yield return ("`profile`, failed", Of(random => new CdrFilter(Profile: $"sp_{random.Next(5)}", Result: ResultClass.Upstream)));
        foreach (var seconds in new[] { 1, 60, 300, 900, 1_800, 3_600, 36_000 })
            yield return ($"`minDuration` {seconds}", Of(_ => new CdrFilter(MinimumDuration: TimeSpan.FromSeconds(seconds))));
        foreach (var seconds in new[] { 300, 3_600 })
            yield return ($"`minDuration` {seconds} in a day", Of(random => Day(random) with { MinimumDuration = TimeSpan.FromSeconds(seconds) }));
        yield return ("`attempted`, often", Of(_ => new CdrFilter(Attempted: "sp_0")));
        yield return ("`attempted`, seldom", Of(_ => new CdrFilter(Attempted: "sp_4")));
        yield return ("`attempted`, never", Of(_ => new CdrFilter(Attempted: "sp_none")));
        foreach (var price in new[] { 0.01m, 1m, 5m, 1_000m })
            yield return (string.Create(CultureInfo.InvariantCulture, $"`minPrice` {price}"), Of(_ => new CdrFilter(MinimumPrice: price)));
        yield return ("`ivr`, often", Of(_ => new CdrFilter(Ivr: "main")));
        yield return ("`ivr`, seldom", Of(_ => new CdrFilter(Ivr: "survey")));
        yield return ("`recorded`", Of(_ => new CdrFilter(Recorded: true)));
        yield return ("not `recorded`", Of(_ => new CdrFilter(Recorded: false)));
        yield return ("the newest 50 of a small tenant", async (cdrs, random) => (await cdrs.SearchAsync(new TenantId($"t{random.Next(100, 199)}"), new CdrFilter())).Count);
        yield return ("history of document 3, last page", async (cdrs, _) => (await cdrs.HistoryAsync(TenantId.Default, 1_000, 950, 50)).Count);
        yield return ("calls of a number, document 3", async (cdrs, random) => (await cdrs.ByNumberAsync(TenantId.Default, Extension(random), 100)).Count);
        yield return ("totals", async (cdrs, _) => (await cdrs.TotalsAsync(TenantId.Default)).Calls > 0 ? 1 : 0);
        yield return ("a page of an export (1,000)", Of(_ => new CdrFilter(Limit: 1_000)));
    }

    private static Func<CdrRepository, Random, Task<int>> Of(Func<Random, CdrFilter> filter) =>
        async (cdrs, random) => (await cdrs.SearchAsync(TenantId.Default, filter(random))).Count;

    private static CdrFilter Day(Random random)
    {
        var from = CdrFiller.Start.AddDays(random.Next(364));
        return new CdrFilter(From: from, To: from.AddDays(1));
    }

    private static string Extension(Random random) => (1_000 + random.Next(500)).ToString(CultureInfo.InvariantCulture);

    private static string Outside(Random random) => string.Create(CultureInfo.InvariantCulture, $"+4420{random.Next(1_000_000):0000000}");

    private static async Task<(double Total, double Worst)> TimesAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            "SELECT COALESCE(SUM(total_exec_time + total_plan_time), 0)::float8, COALESCE(MAX(max_exec_time), 0)::float8 FROM pg_stat_statements WHERE query LIKE '%cdr%' OR query LIKE '%call_totals%'");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetDouble(0), reader.GetDouble(1));
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static string? Value(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}
