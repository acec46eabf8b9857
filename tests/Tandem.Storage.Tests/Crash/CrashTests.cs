using System.Diagnostics;
using System.Globalization;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Crash;

public sealed class CrashOnSqliteTests() : CrashTests(null);

public sealed class CrashOnPostgresTests(PostgresServer postgres) : CrashTests(postgres);

public abstract class CrashTests(PostgresServer? postgres) : StorageTests(postgres)
{
    [Fact]
    public async Task A_process_killed_while_it_writes_leaves_one_record_for_every_call()
    {
        var before = Serve();
        await WantEventsAsync(before);
        await CloseAsync(before);
        var highest = await RunAndKillAsync(calls: 300);

        var storage = Serve();
        var lost = await storage.Journal.RecoverAsync(Cancellation);

        var records = await storage.Cdrs.HistoryAsync(TenantId.Default, int.MaxValue, 0, int.MaxValue, Cancellation);
        Assert.Equal(0, Count(storage, "calls_open"));
        Assert.Equal(records.Count, Count(storage, "outbox"));
        Assert.Equal(records.Count, (await storage.Cdrs.TotalsAsync(TenantId.Default, Cancellation)).Calls);
        Assert.Equal(lost, records.Count(record => record.Verdict.Reason == EndReason.NodeLost));
        Assert.All(records, record => Assert.Equal(CallSide.Exchange == record.Verdict.EndedBy, record.Verdict.Reason == EndReason.NodeLost));

        // Every call that the child saw committed as open has its record, and each call has one.
        var ids = records.Select(record => record.Id).ToHashSet();
        Assert.Equal(records.Count, ids.Count);
        Assert.DoesNotContain(Enumerable.Range(0, highest + 1), number => !ids.Contains(Sample.Id(number)));
        Assert.All(records.Where(record => record.Id.Value.EndsWith('7')), record => Assert.Equal(EndReason.NodeLost, record.Verdict.Reason));
    }

    private async Task<int> RunAndKillAsync(int calls)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            info.ArgumentList.Add(typeof(CrashTests).Assembly.Location);
        info.ArgumentList.Add(CrashChild.Argument);
        info.ArgumentList.Add(DataDirectory);
        info.ArgumentList.Add(Options.PostgresUrl ?? "");

        using var child = Process.Start(info)!;
        var highest = -1;
        while (highest < calls && await child.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            highest = int.Parse(line.AsSpan("open ".Length), CultureInfo.InvariantCulture);

        child.Kill();
        while (await child.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (int.TryParse(line.AsSpan(Math.Min(line.Length, "open ".Length)), CultureInfo.InvariantCulture, out var later))
                highest = later;
        }

        await child.WaitForExitAsync(Cancellation);
        Assert.True(highest >= calls, "the child ended before it had written enough");
        return highest;
    }
}
