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

    [Fact]
    public async Task A_queue_comes_back_as_it_was_with_its_members_and_goes_with_them()
    {
        var storage = Serve();
        var before = await storage.Queues.VersionAsync(Cancellation);
        await storage.Queues.SaveAsync(new StoredQueue(TenantId.Default, Settings, [new("101", 50, 2), new("102")]), Cancellation);
        await storage.Queues.SaveAsync(new StoredQueue(TenantId.Default, Settings with { Name = "support" }, []), Cancellation);
        await storage.Queues.SaveAsync(new StoredQueue(TenantId.Default, Settings, [new("101", 60, 2)]), Cancellation);

        var queues = await storage.Queues.QueuesAsync(Cancellation);
        Assert.Equal([Settings, Settings with { Name = "support" }], queues.Select(queue => queue.Settings));
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
    public async Task After_a_restart_the_desk_is_as_it_was_and_what_another_process_changes_is_seen()
    {
        var storage = Serve();
        var now = Moment.FromMilliseconds(1_000);
        await using (var first = new QueueKeeper(storage.Queues, new QueueDesk(), () => now, TimeProvider.System, static (_, _) => { }))
        {
            await first.StartAsync(TimeSpan.Zero, Cancellation);
            await first.SetAsync(new StoredQueue(TenantId.Default, Settings, [new("101"), new("102")]), Cancellation);
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
