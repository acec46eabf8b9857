using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Queues;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Queues;

public sealed class QueueNumberOnSqliteTests() : QueueNumberTests(null);

public sealed class QueueNumberOnPostgresTests(PostgresServer postgres) : QueueNumberTests(postgres);

/// <summary>What is dialled within a tenant leads to one thing.</summary>
public abstract class QueueNumberTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private const int Introduced = 70;

    private static TenantId Tenant => TenantId.Default;

    [Fact]
    public async Task A_number_belongs_to_one_queue()
    {
        var storage = Serve();
        await storage.Queues.SaveAsync(Queue("sales", "700"), Cancellation);
        await storage.Queues.SaveAsync(Queue("none", ""), Cancellation);
        await storage.Queues.SaveAsync(Queue("neither", ""), Cancellation);
        var version = await storage.Queues.VersionAsync(Cancellation);

        var taken = await Assert.ThrowsAsync<NumberTakenException>(() => storage.Queues.SaveAsync(Queue("support", "700"), Cancellation));
        Assert.Equal(("700", "queue sales", "The number 700 is taken by queue sales"), (taken.Number, taken.Holder, taken.Message));
        await Assert.ThrowsAsync<NumberTakenException>(() => storage.Queues.ChangeAsync(Tenant, "none", known => known! with { Settings = known.Settings with { Number = "700" } }, Cancellation));
        Assert.Equal(version, await storage.Queues.VersionAsync(Cancellation));
        Assert.Equal(["", "", "700"], (await storage.Queues.QueuesAsync(Cancellation)).Select(queue => queue.Settings.Number));

        // Its own number is no obstacle, another tenant's none, and one that was given up is free.
        await storage.Queues.SaveAsync(Queue("sales", "700", "102"), Cancellation);
        await storage.Tenants.AddAsync(new Tenant(new TenantId("acme"), "Acme"), Cancellation);
        await storage.Queues.SaveAsync(Queue("sales", "700") with { Tenant = new TenantId("acme") }, Cancellation);
        await storage.Queues.SaveAsync(Queue("sales", "710"), Cancellation);
        await storage.Queues.SaveAsync(Queue("support", "700"), Cancellation);
    }

    [Fact]
    public async Task A_queue_and_an_extension_have_different_numbers()
    {
        var storage = Serve();
        await storage.Extensions.AddAsync(Tenant, "101", cancellation: Cancellation);
        var taken = await Assert.ThrowsAsync<NumberTakenException>(() => storage.Queues.SaveAsync(Queue("sales", "101"), Cancellation));
        Assert.Equal("extension 101", taken.Holder);

        await storage.Queues.SaveAsync(Queue("sales", "103"), Cancellation);
        taken = await Assert.ThrowsAsync<NumberTakenException>(() => storage.Extensions.AddAsync(Tenant, "103", cancellation: Cancellation));
        Assert.Equal("queue sales", taken.Holder);
        Assert.Equal(3, await storage.Extensions.EnsureRangeAsync(Tenant, 101, 105, null, Cancellation));
        Assert.Equal(["101", "102", "104", "105"], (await storage.Extensions.ListAsync(Tenant, Cancellation)).Select(extension => extension.Number));

        // A number of an extension that was removed is free.
        await storage.Extensions.RemoveAsync(Tenant, "101", Cancellation);
        await storage.Queues.SaveAsync(Queue("sales", "101"), Cancellation);
        await Assert.ThrowsAsync<NumberTakenException>(() => storage.Extensions.AddAsync(Tenant, "101", cancellation: Cancellation));
        Assert.NotNull(await storage.Extensions.AddAsync(Tenant, "103", cancellation: Cancellation));
    }

    /// <summary>Two nodes save at the same time: of two queues, or a queue and an extension, one gets the number.</summary>
    [Fact]
    public async Task Of_two_nodes_that_want_a_number_at_the_same_time_one_gets_it()
    {
        var (one, two) = (Serve(), OpenBeside());
        for (var i = 0; i < 20; i++)
        {
            var number = $"{800 + i}";
            var queues = await Task.WhenAll(
                TryAsync(() => one.Queues.SaveAsync(Queue($"one{i}", number), Cancellation)),
                TryAsync(() => two.Queues.SaveAsync(Queue($"two{i}", number), Cancellation)));
            Assert.Single(queues, won => won);

            number = $"{900 + i}";
            var mixed = await Task.WhenAll(
                TryAsync(() => one.Queues.SaveAsync(Queue($"mixed{i}", number), Cancellation)),
                TryAsync(() => two.Extensions.AddAsync(Tenant, number, cancellation: Cancellation)));
            Assert.Single(mixed, won => won);
        }

        var numbers = (await one.Queues.QueuesAsync(Cancellation)).Select(queue => queue.Settings.Number).Concat((await one.Extensions.ListAsync(Tenant, Cancellation)).Select(extension => extension.Number)).ToList();
        Assert.Equal((40, 40), (numbers.Count, numbers.Distinct().Count()));
    }

    /// <summary>Of queues that have the same number from a time when that was accepted, the one that was not changed for longest keeps it; the others are named once.</summary>
    [Fact]
    public async Task Duplicates_of_before_are_parted_and_told_once()
    {
        var storage = Serve();
        using (var connection = storage.Database.Connect())
        {
            connection.Execute("DROP INDEX queues_by_number");
            connection.Execute("DROP TABLE queue_number_conflicts");
            connection.Execute("ALTER TABLE queues DROP COLUMN number");
            connection.Execute("DELETE FROM schema_version WHERE version = @Introduced", new { Introduced });
            Insert("late", "700", 30);
            Insert("early", "700", 10);
            Insert("later", "700", 40);
            Insert("alone", "710", 20);
            Insert("none", "", 20);

            void Insert(string name, string number, long at) => connection.Execute(
                "INSERT INTO queues (tenant_id, name, body, changed_at) VALUES (@tenant, @name, @body, @at)",
                new { tenant = Tenant.Value, name, body = QueueBody.From(new QueueSettings { Name = name, Number = number, Description = "\u00fcber \"alles\" \\ \n" }).ToJson(), at });
        }

        var version = await storage.Queues.VersionAsync(Cancellation);
        Migrator.Run(storage.Database, Migration.Embedded, TimeProvider.System);

        Assert.Equal(
            [("alone", "710"), ("early", "700"), ("late", ""), ("later", ""), ("none", "")], (await storage.Queues.QueuesAsync(Cancellation)).Select(queue => (queue.Settings.Name, queue.Settings.Number)));
        Assert.All(await storage.Queues.QueuesAsync(Cancellation), queue => Assert.Equal("\u00fcber \"alles\" \\ \n", queue.Settings.Description));
        Assert.Equal(version + 1, await storage.Queues.VersionAsync(Cancellation));
        Assert.Equal([new LostNumber(Tenant, "late", "700", "early"), new LostNumber(Tenant, "later", "700", "early")], await storage.Queues.TakeLostNumbersAsync(Cancellation));
        Assert.Empty(await storage.Queues.TakeLostNumbersAsync(Cancellation));
        await Assert.ThrowsAsync<NumberTakenException>(() => storage.Queues.SaveAsync(Queue("late", "700"), Cancellation));
    }

    /// <summary>An extension and a queue of the same number, from before: both stay, the queue can be changed, and it is said.</summary>
    [Fact]
    public async Task A_queue_that_hides_an_extension_is_named_and_can_be_changed()
    {
        var storage = Serve();
        await storage.Queues.SaveAsync(Queue("sales", "700"), Cancellation);
        Assert.Empty(await storage.Queues.HiddenExtensionsAsync(Cancellation));
        await storage.Extensions.AddAsync(Tenant, "701", cancellation: Cancellation);
        using (var connection = storage.Database.Connect())
            connection.Execute("UPDATE extensions SET number = '700' WHERE number = '701'");

        Assert.Equal([(Tenant, "sales", "700")], await storage.Queues.HiddenExtensionsAsync(Cancellation));
        await storage.Queues.SaveAsync(Queue("sales", "700", "102"), Cancellation);
        Assert.Equal("102", Assert.Single((await storage.Queues.QueuesAsync(Cancellation)).Single().Members).Number);
    }

    private static StoredQueue Queue(string name, string number, params string[] members) =>
        new(Tenant, new QueueSettings { Name = name, Number = number }, [.. members.Select(member => new QueueMember(member))]);

    private static async Task<bool> TryAsync(Func<Task> save)
    {
        try
        {
            await Task.Run(save);
            return true;
        }
        catch (NumberTakenException)
        {
            return false;
        }
    }
}
