using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Journal;

public sealed class CallJournalOnSqliteTests() : CallJournalTests(null);

public sealed class CallJournalOnPostgresTests(PostgresServer postgres) : CallJournalTests(postgres);

public abstract class CallJournalTests(PostgresServer? postgres) : StorageTests(postgres)
{
    [Fact]
    public async Task A_call_leaves_one_record_with_every_field_and_one_event()
    {
        var storage = Serve();
        await WantEventsAsync(storage);
        var record = Sample.Ended(1);

        storage.Journal.Opened(Sample.Opened(1));
        storage.Journal.Answered(Sample.Answered(1));
        storage.Journal.Closed(record);
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(record, await storage.Cdrs.FindAsync(TenantId.Default, record.Id, Cancellation));
        Assert.Equal(0, Count(storage, "calls_open"));
        Assert.Equal("call.ended", Scalar<string>(storage, "SELECT event_type FROM outbox"));
        Assert.Contains("\"callId\":\"01TEST00000000000000000001\"", Scalar<string>(storage, "SELECT body FROM outbox"), StringComparison.Ordinal);
    }

    // One row goes by a statement, many by COPY where the database has it.
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task What_few_calls_have_comes_back_whole_and_goes_with_its_call(int calls)
    {
        var storage = Serve();
        await WantEventsAsync(storage);
        Execute(storage, "ALTER TABLE cdrs RENAME TO cdrs_away"); // so that they gather in one batch
        for (var i = 0; i < calls; i++)
            storage.Journal.Closed(Sample.Ended(i) with { Extras = i % 2 == 0 ? Sample.Extras(i) : null });
        await Until(() => storage.Writer.Statistics().IsAway);
        Execute(storage, "ALTER TABLE cdrs_away RENAME TO cdrs");
        await storage.Writer.FlushAsync(Cancellation);

        var found = await storage.Cdrs.SearchAsync(TenantId.Default, new(Limit: 1000), Cancellation);
        Assert.Equal(calls, found.Count);
        Assert.Equivalent(Sample.Extras(0), found[^1].Extras, strict: true);
        Assert.Equal(Sample.Ended(0), found[^1] with { Extras = null });
        Assert.Equal((calls + 1) / 2, found.Count(record => record.Extras is not null));
        Assert.Contains("\"recordingIds\":[\"rec-0-1\",\"rec-0-2\"],\"attempts\":[{\"number\":\"\\u002B4930123456\"", Scalar<string>(storage, "SELECT body FROM outbox ORDER BY sequence LIMIT 1"), StringComparison.Ordinal);
        Assert.Equal((calls + 1) / 2 * 2, Count(storage, "cdr_attempts"));

        await storage.Cdrs.ClearAsync(TenantId.Default, Cancellation);
        Assert.Equal(0, Count(storage, "cdr_attempts"));
    }

    [Fact]
    public async Task A_batch_of_which_some_was_written_before_writes_the_rest_once()
    {
        var storage = Serve();
        await WantEventsAsync(storage);
        for (var i = 0; i < 60; i += 3)
            storage.Journal.Closed(Sample.Ended(i));
        await storage.Writer.FlushAsync(Cancellation);
        Execute(storage, "DELETE FROM outbox");

        Execute(storage, "ALTER TABLE cdrs RENAME TO cdrs_away");
        for (var i = 0; i < 60; i++)
            storage.Journal.Closed(Sample.Ended(i) with { Extras = Sample.Extras(i) });
        for (var i = 0; i < 60; i += 7)
            storage.Journal.Closed(Sample.Ended(i) with { Extras = Sample.Extras(i) });
        await Until(() => storage.Writer.Statistics().IsAway);
        Execute(storage, "ALTER TABLE cdrs_away RENAME TO cdrs");
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal((60, 40, 80), (Count(storage, "cdrs"), Count(storage, "outbox"), Count(storage, "cdr_attempts")));
        Assert.Equal(60, (await storage.Cdrs.TotalsAsync(TenantId.Default, Cancellation)).Calls);
        Assert.Equal(0, storage.Writer.Statistics().Rejected);
    }

    // A webhook that is made later gets the events from then on, and one that is taken away leaves no rows behind it.
    [Fact]
    public async Task Without_a_webhook_a_call_leaves_no_row_in_the_outbox_and_wakes_nobody()
    {
        var storage = Serve();
        var woken = 0;
        storage.Writer.EventsWritten = () => Interlocked.Increment(ref woken);
        storage.Writer.StreamsWritten = () => Interlocked.Increment(ref woken);
        await CloseCallAsync(1);
        Assert.Equal((1, 0), (Count(storage, "cdrs"), Count(storage, "outbox")));

        var hook = await WantEventsAsync(storage);
        await CloseCallAsync(2);
        Assert.Equal((2, 1), (Count(storage, "cdrs"), Count(storage, "outbox")));
        Assert.Equal(Sample.Id(2).Value, Scalar<string>(storage, "SELECT call_id FROM outbox"));
        await Until(() => Volatile.Read(ref woken) > 0);

        Assert.True(await storage.Webhooks.DeleteAsync(TenantId.Default, hook.Id, Cancellation));
        await CloseCallAsync(3);
        Assert.Equal((3, 1), (Count(storage, "cdrs"), Count(storage, "outbox")));
        await CloseAsync(storage);
        Assert.Equal(1, woken);

        async Task CloseCallAsync(int number)
        {
            storage.Journal.Opened(Sample.Opened(number));
            storage.Journal.Closed(Sample.Ended(number));
            await storage.Writer.FlushAsync(Cancellation);
        }
    }

    [Fact]
    public async Task An_open_call_is_in_the_journal_until_it_is_closed()
    {
        var storage = Serve();
        storage.Journal.Opened(Sample.Opened(1));
        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(1, Count(storage, "calls_open"));

        storage.Journal.Answered(Sample.Answered(1));
        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(Sample.Start.AddSeconds(3).ToUnixTimeMilliseconds(), Scalar<long>(storage, "SELECT answered_at FROM calls_open"));

        storage.Journal.Closed(Sample.Ended(1));
        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(0, Count(storage, "calls_open"));
        Assert.Equal(1, Count(storage, "cdrs"));
    }

    [Fact]
    public async Task A_repeated_write_changes_nothing()
    {
        var storage = Serve();
        await WantEventsAsync(storage);
        storage.Journal.Closed(Sample.Ended(1));
        await storage.Writer.FlushAsync(Cancellation);
        Execute(storage, "DELETE FROM outbox");

        storage.Journal.Opened(Sample.Opened(1));
        await storage.Writer.FlushAsync(Cancellation);
        storage.Journal.Closed(Sample.Ended(1, answered: false));
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(1, Count(storage, "cdrs"));
        Assert.Equal(0, Count(storage, "calls_open"));
        Assert.Equal(0, Count(storage, "outbox"));
        Assert.Equal(new Tandem.Storage.Journal.CallTotals(1, 1, TimeSpan.FromSeconds(10)), await storage.Cdrs.TotalsAsync(TenantId.Default, Cancellation));
    }

    [Fact]
    public async Task Calls_of_a_lost_run_end_once_at_the_last_sign_of_life()
    {
        var first = Serve();
        await WantEventsAsync(first);
        first.Journal.Opened(Sample.Opened(1));
        first.Journal.Opened(Sample.Opened(2));
        await first.Writer.FlushAsync(Cancellation);
        first.Journal.Answered(Sample.Answered(2));
        await first.Writer.FlushAsync(Cancellation);
        Execute(first, $"UPDATE node_runs SET last_seen_at = {Sample.Start.AddSeconds(60).ToUnixTimeMilliseconds()}");
        await CloseAsync(first);

        var second = Serve();
        second.Journal.Opened(Sample.Opened(3));
        Assert.Equal(2, await second.Journal.RecoverAsync(Cancellation));
        Assert.Equal(0, await second.Journal.RecoverAsync(Cancellation));

        Assert.Equal(1, Count(second, "calls_open"));
        Assert.Equal(2, Count(second, "outbox"));
        var unanswered = await second.Cdrs.FindAsync(TenantId.Default, Sample.Id(1), Cancellation);
        Assert.Equal(Sample.Start.AddSeconds(60), unanswered!.EndedAt);
        Assert.Equal((ResultClass.Indeterminate, EndReason.NodeLost, 0), (unanswered.Verdict.Result, unanswered.Verdict.Reason, unanswered.Verdict.SipStatus));
        var answered = await second.Cdrs.FindAsync(TenantId.Default, Sample.Id(2), Cancellation);
        Assert.Equal(TimeSpan.FromSeconds(56), answered!.Duration);
        Assert.Equal("callee-2@example", answered.CalleeSipCallId);
    }

    // The first profile may fail: what the answer says counts.
    [Theory]
    [InlineData(CallDirection.Internal, "", "")]
    [InlineData(CallDirection.Inbound, "sp_1", "sp_1")]
    [InlineData(CallDirection.Outbound, "sp_1", "sp_2")]
    public async Task The_record_of_a_lost_call_says_which_way_it_went_and_by_which_profile(CallDirection direction, string first, string last)
    {
        var lost = Serve();
        lost.Journal.Opened(Sample.Opened(1) with { Direction = direction, ProfileId = first });
        lost.Journal.Opened(Sample.Opened(2) with { Direction = direction, ProfileId = first });
        await lost.Writer.FlushAsync(Cancellation);
        lost.Journal.Answered(Sample.Answered(2) with { Direction = direction, ProfileId = last });
        await lost.Writer.FlushAsync(Cancellation);
        await CloseAsync(lost);

        var next = Serve();
        await next.Journal.RecoverAsync(Cancellation);
        var unanswered = (await next.Cdrs.FindAsync(TenantId.Default, Sample.Id(1), Cancellation))!;
        Assert.Equal((direction, first), (unanswered.Direction, unanswered.ProfileId));
        var answered = (await next.Cdrs.FindAsync(TenantId.Default, Sample.Id(2), Cancellation))!;
        Assert.Equal((direction, last), (answered.Direction, answered.ProfileId));
    }

    [Fact]
    public async Task A_lost_call_without_a_later_sign_ends_when_it_was_answered()
    {
        var first = Serve();
        first.Journal.Opened(Sample.Answered(1));
        await first.Writer.FlushAsync(Cancellation);
        Execute(first, "UPDATE node_runs SET last_seen_at = 0");
        await CloseAsync(first);

        var second = Serve();
        await second.Journal.RecoverAsync(Cancellation);

        var record = await second.Cdrs.FindAsync(TenantId.Default, Sample.Id(1), Cancellation);
        Assert.Equal(Sample.Answered(1).AnsweredAt, record!.EndedAt);
    }

    [Fact]
    public async Task What_a_stranger_wrote_is_stored_even_with_nul_and_broken_surrogates()
    {
        var storage = Serve();
        storage.Journal.Closed(Sample.Ended(1, callee: "1\00\ud800" + new string('9', 5000)));
        await storage.Writer.FlushAsync(Cancellation);

        var record = await storage.Cdrs.FindAsync(TenantId.Default, Sample.Id(1), Cancellation);
        Assert.StartsWith("1\ufffd0\ufffd9", record!.CalleeNumber, StringComparison.Ordinal);
        Assert.Equal(1024, record.CalleeNumber.Length);
        Assert.Equal(0, storage.Writer.Statistics().Rejected);
    }

    [Fact]
    public async Task A_row_that_can_never_be_written_is_put_aside_and_the_others_are_written()
    {
        var storage = Serve();
        storage.Journal.Closed(Sample.Ended(1));
        storage.Journal.Closed(Sample.Ended(2) with { Tenant = new TenantId("nobody") });
        storage.Journal.Closed(Sample.Ended(3));
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(2, Count(storage, "cdrs"));
        Assert.Equal(1, storage.Writer.Statistics().Rejected);
        Assert.Contains("nobody", await File.ReadAllTextAsync(Path.Combine(DataDirectory, "rejected-writes.jsonl"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_calls_of_many_threads_are_all_written()
    {
        var storage = Serve();
        await WantEventsAsync(storage);
        await Parallel.ForAsync(0, 4, Cancellation, (thread, _) =>
        {
            for (var i = thread * 1000; i < (thread + 1) * 1000; i++)
            {
                storage.Journal.Opened(Sample.Opened(i));
                storage.Journal.Answered(Sample.Answered(i));
                storage.Journal.Closed(Sample.Ended(i));
            }

            return ValueTask.CompletedTask;
        });
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(4000, Count(storage, "cdrs"));
        Assert.Equal(4000, Count(storage, "outbox"));
        Assert.Equal(0, Count(storage, "calls_open"));
        Assert.Equal(4000, (await storage.Cdrs.TotalsAsync(TenantId.Default, Cancellation)).Calls);
    }
}
