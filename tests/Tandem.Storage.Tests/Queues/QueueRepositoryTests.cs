using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Queues;

public sealed class QueueRepositoryOnSqliteTests() : QueueRepositoryTests(null);

public sealed class QueueRepositoryOnPostgresTests(PostgresServer postgres) : QueueRepositoryTests(postgres);

public abstract class QueueRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly QueueSettings Settings = new()
    {
        Name = "sales",
        Number = "700",
        Description = "Sales",
        Strategy = QueueStrategy.Skill,
        Weight = 3,
        RingTime = TimeSpan.FromSeconds(11),
        WrapUp = TimeSpan.FromSeconds(12),
        NoAnswerPenalty = TimeSpan.FromSeconds(13),
        RejectPenalty = TimeSpan.FromSeconds(14),
        MissesBeforePause = 5,
        MaxWaiting = 6,
        MaxWait = TimeSpan.FromSeconds(15),
        JoinWithoutAgents = true,
        Overflow = "voicemail:100",
        Greeting = "hello",
        Music = "calm",
        AnnounceEvery = TimeSpan.FromSeconds(16),
        AnnounceWait = false,
        CallbackKey = "1",
        ExitKey = "2",
        ServiceLevelTime = TimeSpan.FromSeconds(17),
        AssumedCall = TimeSpan.FromSeconds(18),
    };

    /// <summary>Changes at the same time, at one node and at several, come one after the other: each sees what the one before left.</summary>
    [Fact]
    public async Task Members_that_are_set_at_the_same_time_are_all_there()
    {
        var storage = Serve();
        StoredQueue? Make(StoredQueue? known) => known is null ? new StoredQueue(TenantId.Default, Settings, []) : null;
        Assert.NotNull(await storage.Queues.ChangeAsync(TenantId.Default, Settings.Name, Make, Cancellation));
        Assert.Null(await storage.Queues.ChangeAsync(TenantId.Default, Settings.Name, Make, Cancellation));

        var numbers = Enumerable.Range(101, 12).Select(number => $"{number}").ToList();
        await Task.WhenAll(numbers.Select(number => Task.Run(
            () => storage.Queues.ChangeAsync(TenantId.Default, Settings.Name, queue => queue!.With(new QueueMember(number), 12), Cancellation), Cancellation)));
        Assert.Null(await storage.Queues.ChangeAsync(TenantId.Default, Settings.Name, queue => queue!.With(new QueueMember("200"), 12), Cancellation));
        Assert.Equal(numbers, (await storage.Queues.QueuesAsync(Cancellation)).Single().Members.Select(member => member.Number));

        Assert.NotNull(await storage.Queues.ChangeAsync(TenantId.Default, Settings.Name, queue => queue!.Without("105"), Cancellation));
        Assert.Null(await storage.Queues.ChangeAsync(TenantId.Default, Settings.Name, queue => queue!.Without("105"), Cancellation));
        Assert.DoesNotContain("105", (await storage.Queues.QueuesAsync(Cancellation)).Single().Members.Select(member => member.Number));
    }

    [Fact]
    public async Task A_queue_comes_back_as_it_was_with_its_members_and_goes_with_them()
    {
        var storage = Serve();
        var before = await storage.Queues.VersionAsync(Cancellation);
        await storage.Queues.SaveAsync(new StoredQueue(TenantId.Default, Settings, [new("101", 50, 2), new("102")]), Cancellation);
        await storage.Queues.SaveAsync(new StoredQueue(TenantId.Default, Settings with { Name = "support", Number = "701" }, []), Cancellation);
        await storage.Queues.SaveAsync(new StoredQueue(TenantId.Default, Settings, [new("101", 60, 2)]), Cancellation);

        var queues = await storage.Queues.QueuesAsync(Cancellation);
        Assert.Equal([Settings, Settings with { Name = "support", Number = "701" }], queues.Select(queue => queue.Settings));
        Assert.Equal([new QueueMember("101", 60, 2)], queues[0].Members);
        Assert.Equal(before + 3, await storage.Queues.VersionAsync(Cancellation));

        Assert.True(await storage.Queues.DeleteAsync(TenantId.Default, "sales", Cancellation));
        Assert.False(await storage.Queues.DeleteAsync(TenantId.Default, "sales", Cancellation));
        Assert.Equal(["support"], (await storage.Queues.QueuesAsync(Cancellation)).Select(queue => queue.Settings.Name));
    }

    [Fact]
    public async Task Who_is_logged_in_comes_back_and_who_is_not_leaves_no_row()
    {
        var storage = Serve();
        await storage.Queues.SaveLoginAsync(TenantId.Default, "101", new AgentLogin("101"), Cancellation);
        await storage.Queues.SaveLoginAsync(TenantId.Default, "101", new AgentLogin("101", true, "lunch"), Cancellation);
        await storage.Queues.SaveLoginAsync(TenantId.Default, "102", new AgentLogin("102"), Cancellation);
        await storage.Queues.SaveLoginAsync(TenantId.Default, "102", null, Cancellation);

        Assert.Equal([(TenantId.Default, new AgentLogin("101", true, "lunch"))], await storage.Queues.LoginsAsync(Cancellation));
    }

    [Fact]
    public async Task Who_is_to_be_called_back_is_taken_up_after_a_restart_and_what_cannot_go_on_is_told()
    {
        var storage = Serve();
        var now = Moment.FromMilliseconds(1_000_000);
        TicketId ticket = default;
        await using (var first = new QueueKeeper(storage.Queues, new QueueDesk(), () => now, TimeProvider.System, static (_, _) => { }))
        {
            await first.StartAsync(TimeSpan.Zero, Cancellation);
            await first.ChangeAsync(TenantId.Default, Settings.Name, _ => new StoredQueue(TenantId.Default, Settings with { JoinWithoutAgents = true }, [new("101")]), Cancellation);
            foreach (var (call, number) in new[] { ("01ONE", "100"), ("01TWO", "102"), ("01OVER", "103") })
            {
                first.Desk.Join(TenantId.Default, new QueueEntry("sales", new CallId(call), number, 5), static () => { }, now, out var seat);
                Assert.True(first.Desk.AskCallback(TenantId.Default, ticket = seat!.Ticket, number + "0", now));
            }

            Assert.True(first.Desk.CancelCallback(TenantId.Default, ticket, now));
        }

        // Of a queue that was removed meanwhile.
        await storage.Queues.SaveCallbackAsync(TenantId.Default, "01GONE", new QueueCallback("01GONE", "support", "1", "1", 0, DateTimeOffset.UnixEpoch, 0), Cancellation);
        var told = new List<QueueNotice.Caller>();
        await using (var next = new QueueKeeper(storage.Queues, new QueueDesk { Tell = e => told.AddRange(e is QueueCallerEvent caller ? [caller.Step] : []) }, () => now, TimeProvider.System, static (_, _) => { }))
        {
            await next.StartAsync(TimeSpan.Zero, Cancellation);
            Assert.Equal([("01ONE", "1000", 5), ("01TWO", "1020", 5)], next.Desk.Callbacks(TenantId.Default, "sales", now)!.Select(c => (c.Entry.Call.Value, c.Number, c.Entry.Priority)));
            Assert.Equal((CallerStep.CallbackFailed, "01GONE", LeaveReason.Closed), (Assert.Single(told).Kind, told[0].Call.Value, told[0].Reason!.Value));
        }

        Assert.Equal(["01ONE", "01TWO"], (await storage.Queues.CallbacksAsync(Cancellation)).Select(c => c.Callback.Id));
    }

    [Fact]
    public async Task After_a_restart_the_desk_is_as_it_was_and_what_another_process_changes_is_seen()
    {
        var storage = Serve();
        var now = Moment.FromMilliseconds(1_000);
        await using (var first = new QueueKeeper(storage.Queues, new QueueDesk(), () => now, TimeProvider.System, static (_, _) => { }))
        {
            await first.StartAsync(TimeSpan.Zero, Cancellation);
            await first.ChangeAsync(TenantId.Default, Settings.Name, _ => new StoredQueue(TenantId.Default, Settings, [new("101"), new("102")]), Cancellation);
            Assert.True(first.Desk.LogIn(TenantId.Default, "101", now));
            Assert.True(first.Desk.Pause(TenantId.Default, "101", "lunch", now));
            Assert.True(first.Desk.LogIn(TenantId.Default, "102", now));
            Assert.True(first.Desk.LogOut(TenantId.Default, "102", now));
        }

        await using var next = new QueueKeeper(storage.Queues, new QueueDesk(), () => now, TimeProvider.System, static (_, _) => { });
        await next.StartAsync(TimeSpan.Zero, Cancellation);
        Assert.Equal(Settings, next.Desk.Find(TenantId.Default, "sales")!.Settings);
        Assert.Equal([("101", AgentState.Paused, "lunch"), ("102", AgentState.LoggedOut, "")], next.Desk.Agents(TenantId.Default, now).Select(agent => (agent.Number, agent.State, agent.PauseReason)));

        await storage.Queues.SaveAsync(new StoredQueue(TenantId.Default, Settings with { Weight = 9 }, [new("101")]), Cancellation);
        await next.RefreshAsync(Cancellation);
        Assert.Equal(9, next.Desk.Find(TenantId.Default, "sales")!.Settings.Weight);
        Assert.Null(next.Desk.Agent(TenantId.Default, "102", now));
        await storage.Queues.DeleteAsync(TenantId.Default, "sales", Cancellation);
        await next.RefreshAsync(Cancellation);
        Assert.Null(next.Desk.Find(TenantId.Default, "sales"));
    }
}
