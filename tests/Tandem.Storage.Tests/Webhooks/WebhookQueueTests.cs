using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
using Tandem.Storage.Tests.Harness;
using Tandem.Storage.Webhooks;

namespace Tandem.Storage.Tests.Webhooks;

public sealed class WebhookQueueOnSqliteTests() : WebhookQueueTests(null);

public sealed class WebhookQueueOnPostgresTests(PostgresServer postgres) : WebhookQueueTests(postgres);

public abstract class WebhookQueueTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly DateTimeOffset Now = Sample.Start.AddHours(1);

    [Fact]
    public async Task Events_that_somebody_wants_reach_the_outbox_in_order_and_the_others_cost_no_row()
    {
        var storage = Serve();
        var hook = await WantEventsAsync(storage, "*");
        storage.Outbox.IsWanted = (_, type) => type != PublicEventTypes.CallRinging;
        storage.Outbox.Publish(new CallCreated(Sample.Opened(1), Now));
        storage.Outbox.Publish(new CallRinging(Sample.Opened(1), Now));
        storage.Outbox.Publish(new CallAnswered(Sample.Answered(1), Now));
        storage.Outbox.Publish(new CallDigit(Sample.Answered(1), CallSide.Caller, '1', 100, Now));
        storage.Outbox.Publish(new CallEnded(Sample.Answered(1), Sample.Ended(1), Now));
        storage.Journal.Closed(Sample.Ended(1));
        storage.Outbox.IsFull = true;
        storage.Outbox.Publish(new CallCreated(Sample.Opened(2), Now));
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(3, Relay(storage, hook));
        var all = await storage.Deliveries.ListAsync(TenantId.Default, hook.Id, new DeliveryFilter(null, null, null, 10), Cancellation);
        Assert.Equal(["call.ended", "call.answered", "call.created"], all.Select(d => d.EventType));
        Assert.Equal([DeliveryState.Waiting, DeliveryState.Waiting, DeliveryState.Pending], all.Select(d => d.State));
        Assert.Equal(1, storage.Outbox.Refused);
        Assert.Equal(0, Count(storage, "outbox"));
        Assert.Equal(Sample.Id(1).Value, JsonDocument.Parse(all[0].Body).RootElement.GetProperty("callId").GetString());
    }

    [Fact]
    public async Task Events_that_nobody_waits_for_leave_the_outbox_the_oldest_first()
    {
        var storage = Serve();
        var hook = await WantEventsAsync(storage, "*");
        for (var i = 1; i <= 3; i++)
            storage.Journal.Closed(Sample.Ended(i));
        await storage.Writer.FlushAsync(Cancellation);

        // While there is a webhook, whether it is known to who asks or not, none is left out.
        Assert.Equal((0, 3), (storage.WebhookQueue.Discard(2), Count(storage, "outbox")));
        Assert.True(await storage.Webhooks.DeleteAsync(TenantId.Default, hook.Id, Cancellation));
        Assert.Equal(2, storage.WebhookQueue.Discard(2));
        hook = await WantEventsAsync(storage, "*");
        Assert.Equal(1, Relay(storage, hook));
        var left = Assert.Single(await storage.Deliveries.ListAsync(TenantId.Default, hook.Id, new DeliveryFilter(null, null, null, 10), Cancellation));
        Assert.Equal(Sample.Id(3).Value, left.CallId);
        Assert.Equal((0, 0), (storage.WebhookQueue.Discard(2), Count(storage, "webhook_deliveries") - 1));
    }

    [Fact]
    public async Task The_next_event_of_a_call_waits_for_the_one_before_and_other_calls_do_not()
    {
        var storage = Serve();
        var hook = await WithEventsAsync(storage, calls: 2);

        var first = storage.WebhookQueue.Due(hook.Id, Now, 10);
        Assert.Equal(["call.created", "call.created"], first.Select(d => d.EventType));

        // One fails and is tried again later, the other is taken.
        storage.WebhookQueue.Finish(
        [
            new DeliveryResult(first[0], DeliveryState.Pending, 500, "status 500", Now.AddSeconds(5)),
            new DeliveryResult(first[1], DeliveryState.Delivered, 200, "", Now),
        ], Now);
        var second = Assert.Single(storage.WebhookQueue.Due(hook.Id, Now, 10));
        Assert.Equal((first[1].CallId, "call.answered"), (second.CallId, second.EventType));
        Assert.Equal(Now.AddSeconds(5), storage.WebhookQueue.NextDue(hook.Id, Now));
        Assert.Null(storage.WebhookQueue.NextDue(hook.Id, Now.AddSeconds(5)));

        // A dead letter lets the next event go as well.
        var again = storage.WebhookQueue.Due(hook.Id, Now.AddSeconds(5), 10).Single(d => d.CallId == first[0].CallId);
        Assert.Equal((1, 500, "status 500"), (again.Attempts, again.LastStatus, again.LastError));
        storage.WebhookQueue.Finish([new DeliveryResult(again, DeliveryState.Dead, 0, "no answer", Now)], Now.AddSeconds(5));
        Assert.Contains(storage.WebhookQueue.Due(hook.Id, Now.AddSeconds(5), 10), d => d.CallId == first[0].CallId && d.EventType == "call.answered");
        Assert.Equal(4, storage.WebhookQueue.Waiting()[hook.Id]);
    }

    [Fact]
    public async Task Dead_letters_are_listed_and_replayed_in_order()
    {
        var storage = Serve();
        var hook = await WithEventsAsync(storage, calls: 1);
        for (var i = 0; i < 3; i++)
            storage.WebhookQueue.Finish([new DeliveryResult(storage.WebhookQueue.Due(hook.Id, Now, 10)[0], DeliveryState.Dead, 503, "status 503", Now)], Now);

        var dead = await storage.Deliveries.ListAsync(TenantId.Default, hook.Id, new DeliveryFilter(DeliveryState.Dead, null, null, 10), Cancellation);
        Assert.Equal(3, dead.Count);
        Assert.All(dead, d => Assert.Equal((Now, 503), (d.FinishedAt, d.LastStatus)));
        Assert.Equal(0, await storage.Deliveries.ReplayDeadAsync(new TenantId("other"), hook.Id, Cancellation));

        Assert.Equal(3, await storage.Deliveries.ReplayDeadAsync(TenantId.Default, hook.Id, Cancellation));
        Assert.Equal(1, storage.WebhookQueue.Mend(Now));
        Assert.Equal(0, storage.WebhookQueue.Mend(Now));
        var replayed = Assert.Single(storage.WebhookQueue.Due(hook.Id, Now, 10));
        Assert.Equal(("call.created", 0, dead[2].EventId), (replayed.EventType, replayed.Attempts, replayed.EventId));
        storage.WebhookQueue.Finish([new DeliveryResult(replayed, DeliveryState.Delivered, 204, "", Now)], Now);
        Assert.True(await storage.Deliveries.ReplayAsync(TenantId.Default, hook.Id, replayed.Id, Cancellation));
        Assert.False(await storage.Deliveries.ReplayAsync(TenantId.Default, hook.Id, "nothing", Cancellation));
    }

    [Fact]
    public async Task What_is_over_is_deleted_when_it_is_old()
    {
        var storage = Serve();
        var hook = await WithEventsAsync(storage, calls: 1);
        storage.WebhookQueue.Finish([new DeliveryResult(storage.WebhookQueue.Due(hook.Id, Now, 10)[0], DeliveryState.Delivered, 200, "", Now)], Now);

        Assert.Equal(0, storage.WebhookQueue.Purge(DeliveryState.Delivered, Now, 10));
        Assert.Equal(0, storage.WebhookQueue.Purge(DeliveryState.Dead, Now.AddDays(1), 10));
        Assert.Equal(1, storage.WebhookQueue.Purge(DeliveryState.Delivered, Now.AddMilliseconds(1), 10));
        Assert.Equal(2, Count(storage, "webhook_deliveries"));
    }

    [Fact]
    public async Task A_relay_that_runs_again_after_a_crash_makes_nothing_twice()
    {
        var storage = Serve();
        var hook = await WithEventsAsync(storage, calls: 1);

        // The same events once more, as if the commit had been heard by the database but not by us.
        Execute(storage, "INSERT INTO outbox (event_id, tenant_id, event_type, call_id, body, created_at, sequence) SELECT event_id, tenant_id, event_type, call_id, body, created_at, sequence FROM webhook_deliveries");
        Assert.Equal(3, Relay(storage, hook));
        Assert.Equal(3, Count(storage, "webhook_deliveries"));
        Assert.Equal(0, storage.WebhookQueue.OutboxLength(10));
    }

    [Fact]
    public async Task A_lease_has_one_holder_and_the_same_node_gets_it_back_at_once()
    {
        var storage = Serve();
        Execute(storage, $"INSERT INTO leases (lease_name, holder, expires_at) VALUES ('work', 'another-node', {Now.ToUnixTimeMilliseconds()})");
        Assert.False(storage.Leases.TryHold("work", Now, TimeSpan.FromSeconds(30)));
        Assert.True(storage.Leases.TryHold("work", Now.AddMilliseconds(1), TimeSpan.FromSeconds(30)));
        Assert.True(storage.Leases.TryHold("work", Now, TimeSpan.FromSeconds(30)));

        await CloseAsync(storage);
        var second = Serve();
        Assert.True(second.Leases.TryHold("work", Now, TimeSpan.FromSeconds(30)));
        second.Leases.Release("work");
        Assert.Equal(0, Count(second, "leases"));
    }

    [Fact]
    public async Task A_webhook_keeps_its_secret_and_the_one_before_and_belongs_to_its_tenant()
    {
        var storage = Serve();
        var hook = await WantEventsAsync(storage, "call.*,message.*");
        Assert.StartsWith("whsec_", hook.Secret!.Reveal(), StringComparison.Ordinal);
        Assert.Equal("***", hook.Secret.ToString());
        Assert.DoesNotContain(hook.Secret.Reveal(), Scalar<string>(storage, "SELECT secret FROM webhooks"), StringComparison.Ordinal);

        var rotated = await storage.Webhooks.RotateAsync(TenantId.Default, hook.Id, TimeSpan.FromHours(24), Cancellation);
        Assert.NotEqual(hook.Secret.Reveal(), rotated!.Secret!.Reveal());
        Assert.Equal(hook.Secret.Reveal(), rotated.PreviousSecret!.Reveal());

        var changed = await storage.Webhooks.UpdateAsync(TenantId.Default, hook.Id, null, "x", ["*"], false, Cancellation);
        Assert.Equal(("https://example.org/hook", "x", false), (changed!.Url, changed.Description, changed.Enabled));
        Assert.Equal(["*"], changed.EventTypes);

        var other = new TenantId("other");
        Assert.Null(await storage.Webhooks.FindAsync(other, hook.Id, Cancellation));
        Assert.Null(await storage.Webhooks.UpdateAsync(other, hook.Id, "http://evil.example/", null, null, null, Cancellation));
        Assert.Null(await storage.Webhooks.RotateAsync(other, hook.Id, TimeSpan.Zero, Cancellation));
        Assert.False(await storage.Webhooks.DeleteAsync(other, hook.Id, Cancellation));
        Assert.Empty(await storage.Webhooks.ListAsync(other, Cancellation));
        Assert.Null(await storage.Webhooks.AddAsync(TenantId.Default, "https://example.org/", "", ["*"], true, most: 1, Cancellation));

        var (version, all) = storage.WebhookQueue.ReadWebhooks(-1)!.Value;
        Assert.Single(all);
        Assert.Null(storage.WebhookQueue.ReadWebhooks(version));
        Assert.True(await storage.Webhooks.DeleteAsync(TenantId.Default, hook.Id, Cancellation));
        Assert.Empty(storage.WebhookQueue.ReadWebhooks(version)!.Value.Webhooks);
    }

    [Fact]
    public async Task Events_wait_in_the_spill_file_while_the_database_is_away()
    {
        var storage = Serve();
        storage.Outbox.IsWanted = (_, _) => true;
        await storage.Writer.FlushAsync(Cancellation);
        await CloseAsync(storage);

        // A run that ended before it could write left this.
        var row = Writing.SpillSamples.Line(new CallCreated(Sample.Opened(7), Now));
        await File.WriteAllTextAsync(Path.Combine(DataDirectory, "waiting-writes.jsonl"), row, Cancellation);
        var second = Serve();
        await second.Writer.FlushAsync(Cancellation);

        Assert.Equal("evt_01TEST00000000000000000007_created", Scalar<string>(second, "SELECT event_id FROM outbox"));
        Assert.Equal(42, Scalar<long>(second, "SELECT sequence FROM outbox"));
    }

    // Created, answered and ended of each call, queued for one webhook.
    private static async Task<Webhook> WithEventsAsync(TandemStorage storage, int calls)
    {
        var hook = await WantEventsAsync(storage, "*");
        storage.Outbox.IsWanted = (_, _) => true;
        for (var i = 0; i < calls; i++)
        {
            storage.Outbox.Publish(new CallCreated(Sample.Opened(i), Now));
            storage.Outbox.Publish(new CallAnswered(Sample.Answered(i), Now));
            storage.Journal.Closed(Sample.Ended(i));
        }

        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(calls * 3, Relay(storage, hook));
        return hook;
    }

    private static int Relay(TandemStorage storage, Webhook hook) => storage.WebhookQueue.Relay(static () => { }, (_, type) => hook.Takes(type) ? [hook] : [], _ => { }, Now, 100);
}
