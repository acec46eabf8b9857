using System.Collections.Concurrent;
using System.Diagnostics;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Tests.Writing;

public sealed class StorageWriterOnSqliteTests() : StorageWriterTests(null);

public sealed class StorageWriterOnPostgresTests(PostgresServer postgres) : StorageWriterTests(postgres);

/// <summary>The database is "away" while the table of records is renamed: every write of a record then fails.</summary>
public abstract class StorageWriterTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private const string Break = "ALTER TABLE cdrs RENAME TO cdrs_away";
    private const string Mend = "ALTER TABLE cdrs_away RENAME TO cdrs";

    [Fact]
    public async Task While_the_database_is_away_writes_wait_in_order_and_nothing_is_lost()
    {
        var storage = Serve();
        var notices = new ConcurrentQueue<StorageNotice>();
        storage.Writer.Notice = (notice, _) => notices.Enqueue(notice);
        Execute(storage, Break);
        for (var i = 0; i < 100; i++)
            storage.Journal.Closed(Sample.Ended(i));
        await Until(() => storage.Writer.Statistics() is { IsAway: true, Failures: > 1 });
        Assert.Equal(100, storage.Writer.Statistics().QueueLength);

        Execute(storage, Mend);
        await storage.Writer.FlushAsync(Cancellation);

        // That the database is back is told after the last write that somebody waits for.
        await Until(() => storage.Writer.Statistics() is { IsAway: false } && notices.Count > 1);
        Assert.Equal(100, Count(storage, "cdrs"));
        Assert.Equal((0, false, 0), (storage.Writer.Statistics().QueueLength, storage.Writer.Statistics().IsAway, storage.Writer.Statistics().Lost));
        Assert.Equal([StorageNotice.DatabaseAway, StorageNotice.DatabaseBack], notices);
    }

    [Fact]
    public async Task A_long_queue_goes_to_the_spill_file_and_comes_back_in_order()
    {
        Options = Options with { WriteQueueLimit = 50, WriteBatchLimit = 7 };
        var storage = Serve();
        await WantEventsAsync(storage);
        Execute(storage, Break);
        for (var i = 0; i < 500; i++)
        {
            storage.Journal.Opened(Sample.Opened(i));
            storage.Journal.Closed(Sample.Ended(i));
            storage.Bindings.Save(Sample.Binding("100", "sip:100@192.0.2.1") with { RegistrationCount = i });
        }

        await Until(() => storage.Writer.Statistics() is { Spilled: > 1000, QueueLength: <= 50 });
        Execute(storage, Mend);
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(500, Count(storage, "cdrs"));
        Assert.Equal(500, Count(storage, "outbox"));
        Assert.Equal(0, Count(storage, "calls_open"));
        Assert.Equal(499, Assert.Single(storage.Bindings.Load(Sample.Start)).RegistrationCount);
        Assert.Equal((0, 0, 0), (storage.Writer.Statistics().Spilled, storage.Writer.Statistics().SpillBytes, storage.Writer.Statistics().Lost));
    }

    [Fact]
    public async Task What_is_not_written_at_the_end_is_written_by_the_next_run()
    {
        Options = Options with { CloseTimeout = TimeSpan.FromMilliseconds(50) };
        var first = Serve();
        first.Journal.Opened(Sample.Opened(1));
        await first.Writer.FlushAsync(Cancellation);
        Execute(first, Break);
        first.Journal.Closed(Sample.Ended(1));
        first.Journal.Opened(Sample.Opened(2));
        await CloseAsync(first);
        await using (var beside = TandemStorage.Open(Options))
            Execute(beside, Mend);

        var second = Serve();
        Assert.Equal(1, await second.Journal.RecoverAsync(Cancellation));

        Assert.Equal(Sample.Ended(1), await second.Cdrs.FindAsync(TenantId.Default, Sample.Id(1), Cancellation));
        Assert.Equal(2, Count(second, "cdrs"));
    }

    [Fact]
    public async Task A_full_spill_file_bounds_memory_and_the_loss_is_counted()
    {
        Options = Options with { WriteQueueLimit = 10, WriteQueueHardLimit = 40, SpillFileLimit = 20_000, WriteBatchLimit = 5 };
        var storage = Serve();
        Execute(storage, Break);
        var sent = 0;
        var statistics = storage.Writer.Statistics();

        // Writes are lost as well while the first attempt goes on and the file is empty: the end is when no row fits into the file any more.
        await Until(() =>
        {
            storage.Journal.Closed(Sample.Ended(sent++));
            statistics = storage.Writer.Statistics();
            return statistics.Lost > 0 && statistics.SpillBytes > 18_000;
        });

        Assert.InRange(statistics.QueueLength, 1, 40);
        Assert.InRange(statistics.SpillBytes, 18_000, 20_000);
        Execute(storage, Mend);
        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(sent - storage.Writer.Statistics().Lost, Count(storage, "cdrs"));
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_off_does_no_harm()
    {
        var spill = Path.Combine(DataDirectory, "waiting-writes.jsonl");
        Options = Options with { CloseTimeout = TimeSpan.FromMilliseconds(50) };
        var first = Serve();
        Execute(first, Break);
        first.Journal.Closed(Sample.Ended(1));
        await CloseAsync(first);
        await using (var beside = TandemStorage.Open(Options))
            Execute(beside, Mend);
        await File.AppendAllTextAsync(spill, "nonsense\n3{\"callId\":\"01TEST", Cancellation);

        var second = Serve();
        await second.Writer.FlushAsync(Cancellation);

        Assert.Equal(1, Count(second, "cdrs"));
        Assert.Equal(0, second.Writer.Statistics().SpillBytes);
    }

    [Fact]
    public async Task A_process_with_open_calls_gives_signs_of_life()
    {
        var time = new ManualTime();
        var storage = Serve(time);
        storage.Journal.Opened(Sample.Opened(1));
        await storage.Writer.FlushAsync(Cancellation);

        for (var second = 2; second <= 6; second += 2)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            await Until(() => Scalar<long>(storage, "SELECT last_seen_at FROM node_runs") == Sample.Start.AddSeconds(second).ToUnixTimeMilliseconds());
        }
    }

    [Fact]
    public async Task Bindings_gather_for_their_time_while_calls_go_at_once()
    {
        var time = new ManualTime();
        var storage = Serve(time);
        await storage.Writer.FlushAsync(Cancellation);
        var before = storage.Writer.Statistics().Commits;
        for (var i = 0; i < 50; i++)
            storage.Bindings.Save(Sample.Binding($"{100 + i}", "sip:phone@192.0.2.1"));
        storage.Journal.Opened(Sample.Opened(1));
        await Until(() => Count(storage, "calls_open") == 1);

        time.Advance(Options.BindingWriteDelay - TimeSpan.FromMilliseconds(1));
        storage.Journal.Opened(Sample.Opened(2));
        await Until(() => Count(storage, "calls_open") == 2 && storage.Writer.Statistics().QueueLength == 50);
        Assert.Equal(0, Count(storage, "bindings"));

        time.Advance(TimeSpan.FromMilliseconds(1));
        await Until(() => storage.Writer.Statistics().QueueLength == 0);
        Assert.Equal(50, Count(storage, "bindings"));
        Assert.Equal(before + 3, storage.Writer.Statistics().Commits);

        // The next one starts a time of its own.
        storage.Bindings.Remove(TenantId.Default, "100", "sip:phone@192.0.2.1");
        time.Advance(Options.BindingWriteDelay);
        await Until(() => Count(storage, "bindings") == 49);
    }

    [Fact]
    public async Task Bindings_that_fill_a_batch_and_the_end_of_the_program_do_not_wait()
    {
        Options = Options with { WriteBatchLimit = 20 };
        var storage = Serve(new ManualTime());
        for (var i = 0; i < 20; i++)
            storage.Bindings.Save(Sample.Binding($"{100 + i}", "sip:phone@192.0.2.1"));
        await Until(() => Count(storage, "bindings") == 20);

        storage.Bindings.Save(Sample.Binding("200", "sip:phone@192.0.2.1"));
        await CloseAsync(storage);
        Assert.Equal(21, Count(OpenBeside(), "bindings"));
    }

    [Fact]
    public async Task Writes_of_calls_that_come_together_share_a_commit()
    {
        // An hour, which the flush ends: on a slow machine all fifty would not come within any shorter time.
        Options = Options with { CallWriteDelay = TimeSpan.FromHours(1) };
        var storage = Serve(new ManualTime());
        await Until(() => storage.Writer.IsAsleep);
        var before = storage.Writer.Statistics().Commits;
        for (var i = 0; i < 50; i++)
            storage.Journal.Opened(Sample.Opened(i));
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(50, Count(storage, "calls_open"));
        Assert.Equal(before + 1, storage.Writer.Statistics().Commits);
    }

    // A lower bound, which no slow machine breaks: what comes after a crowd waits four times as long, for there may be more of it.
    [Fact]
    public async Task After_a_crowd_of_writes_the_next_wait_longer_to_share_a_commit()
    {
        var delay = TimeSpan.FromMilliseconds(300);
        Options = Options with { CallWriteDelay = delay };
        var storage = Serve(new ManualTime());

        // Those that did not all come within one delay, on a slow machine, are no crowd.
        var calls = 0;
        long before;
        do
        {
            await AsleepAsync();
            before = storage.Writer.Statistics().Commits;
            for (var i = 0; i < 80; i++)
                storage.Journal.Opened(Sample.Opened(calls++));
            await AsleepAsync();
        }
        while (storage.Writer.Statistics().Commits > before + 1);

        var began = Stopwatch.GetTimestamp();
        storage.Journal.Opened(Sample.Opened(calls));
        await Until(() => storage.Writer.Statistics().QueueLength == 0);
        Assert.True(Stopwatch.GetElapsedTime(began) > delay * 3, $"{Stopwatch.GetElapsedTime(began)}");

        // A writer that is still awake takes what comes along with its next look.
        Task AsleepAsync() => Until(() => storage.Writer.Statistics().QueueLength == 0 && storage.Writer.IsAsleep);
    }

    [Fact]
    public async Task A_flush_a_full_batch_and_the_end_of_the_program_wait_for_no_other_call()
    {
        Options = Options with { CallWriteDelay = TimeSpan.FromHours(1), WriteBatchLimit = 20 };
        var storage = Serve();
        storage.Journal.Opened(Sample.Opened(1));
        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(1, Count(storage, "calls_open"));

        for (var i = 2; i <= 21; i++)
            storage.Journal.Opened(Sample.Opened(i));
        await Until(() => Count(storage, "calls_open") == 21);

        storage.Journal.Opened(Sample.Opened(22));
        await CloseAsync(storage);
        Assert.Equal(22, Count(OpenBeside(), "calls_open"));
    }

    [Fact]
    public async Task Without_a_delay_bindings_go_at_once()
    {
        Options = Options with { BindingWriteDelay = TimeSpan.Zero };
        var storage = Serve(new ManualTime());
        storage.Bindings.Save(Sample.Binding("100", "sip:phone@192.0.2.1"));
        await Until(() => Count(storage, "bindings") == 1);
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_is_put_aside_and_the_rest_is_written()
    {
        var storage = Serve();
        await WantEventsAsync(storage);
        storage.Journal.Closed(Sample.Ended(1));
        storage.Journal.Closed(Sample.Ended(2) with { Tenant = new TenantId("nobody") });
        storage.Bindings.Save(Sample.Binding("100", "sip:phone@192.0.2.1"));
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal((1, 1, 1), (Count(storage, "cdrs"), Count(storage, "outbox"), Count(storage, "bindings")));
        Assert.Equal(1, storage.Writer.Statistics().Rejected);
        storage.Journal.Closed(Sample.Ended(3));
        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(2, Count(storage, "cdrs"));
    }
}
