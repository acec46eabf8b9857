using System.Text;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Idempotency;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Idempotency;

public sealed class IdempotencyRepositoryOnSqliteTests() : IdempotencyRepositoryTests(null);

public sealed class IdempotencyRepositoryOnPostgresTests(PostgresServer postgres) : IdempotencyRepositoryTests(postgres);

/// <summary>Keys of requests that are done once, among nodes that share a database.</summary>
public abstract class IdempotencyRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private const string SecretText = "tdm_shown-once";
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Keep = TimeSpan.FromHours(24);
    private static readonly TenantId Tenant = TenantId.Default;
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Another_node_has_the_answer_and_the_database_does_not_show_it()
    {
        var (first, second) = (OpenBeside(_time), OpenBeside(_time));
        var claim = await ClaimAsync(first, "k");
        Assert.Equal(IdempotencyState.Claimed, claim.State);
        Assert.Equal(IdempotencyState.Running, (await ClaimAsync(second, "k")).State);
        Assert.Equal(IdempotencyState.Running, (await ClaimAsync(first, "k")).State);

        await first.Idempotency.FinishAsync(claim.Claim!, Answer(SecretText), Keep);
        var again = await ClaimAsync(second, "k");
        Assert.Equal((IdempotencyState.Answered, 201, "/api/v1/tokens/1", SecretText), (again.State, again.Answer!.Status, again.Answer.Headers["Location"], Encoding.UTF8.GetString(again.Answer.Body)));
        Assert.Equal((0, 0), (first.Idempotency.Open, second.Idempotency.Open));

        using var connection = first.Database.Connect();
        var row = (IDictionary<string, object>)connection.QuerySingle("SELECT * FROM idempotency_keys");
        var text = string.Join('\n', row.Values);
        Assert.DoesNotContain(SecretText, text);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(SecretText)).TrimEnd('='), text);

        // What was asked may hold a password that is easy to guess: its plain hash is not there either.
        Assert.DoesNotContain(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("request"u8)), text);
    }

    [Fact]
    public async Task Of_many_at_all_nodes_at_once_one_runs()
    {
        TandemStorage[] nodes = [OpenBeside(), OpenBeside()];
        for (var round = 0; round < 5; round++)
        {
            var key = $"k{round}";
            var states = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () => (await ClaimAsync(nodes[i % 2], key)).State, Cancellation)));
            Assert.Equal((1, 7), (states.Count(state => state == IdempotencyState.Claimed), states.Count(state => state == IdempotencyState.Running)));
        }
    }

    [Fact]
    public async Task Keys_are_of_one_tenant_and_one_request()
    {
        var storage = OpenBeside(_time);
        await storage.Tenants.AddAsync(new Tenant(new TenantId("acme"), "Acme"), Cancellation);
        await FinishAsync(storage, "k");
        Assert.Equal(IdempotencyState.Reused, (await ClaimAsync(storage, "k", request: "other")).State);
        Assert.Equal(IdempotencyState.Claimed, (await storage.Idempotency.ClaimAsync(new TenantId("acme"), "k", "request", Lifetime, 10, Cancellation)).State);
        Assert.Equal(IdempotencyState.Claimed, (await ClaimAsync(storage, "K")).State);

        await storage.Tenants.RemoveAsync(new TenantId("acme"), Cancellation);
        Assert.Equal(2, Count(storage, "idempotency_keys"));
    }

    [Fact]
    public async Task An_answer_survives_a_restart_and_what_was_running_may_be_run_again()
    {
        var node = Serve(_time);
        await FinishAsync(node, "done");
        await ClaimAsync(node, "running");
        await CloseAsync(node);

        node = Serve(_time);
        Assert.Equal("body", Encoding.UTF8.GetString((await ClaimAsync(node, "done")).Answer!.Body));
        Assert.Equal(IdempotencyState.Claimed, (await ClaimAsync(node, "running")).State);
    }

    [Fact]
    public async Task A_claim_stands_while_its_node_renews_it_and_no_longer()
    {
        var (first, second) = (OpenBeside(_time), OpenBeside(_time));
        var claim = await ClaimAsync(first, "k");
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(Lifetime / 2);
            await first.Idempotency.UpkeepAsync(Lifetime, 100, Cancellation);
            Assert.Equal(IdempotencyState.Running, (await ClaimAsync(second, "k")).State);
        }

        _time.Advance(Lifetime);
        var taken = await ClaimAsync(second, "k");
        Assert.Equal(IdempotencyState.Claimed, taken.State);

        // Who was believed dead comes too late: neither its answer nor its end touch what the other does.
        await first.Idempotency.FinishAsync(claim.Claim!, Answer("late"), Keep);
        Assert.Equal(IdempotencyState.Running, (await ClaimAsync(first, "k")).State);
        await second.Idempotency.FinishAsync(taken.Claim!, Answer("second"), Keep);
        Assert.Equal("second", Encoding.UTF8.GetString((await ClaimAsync(first, "k")).Answer!.Body));
    }

    [Fact]
    public async Task What_was_given_back_runs_again_and_answers_expire()
    {
        var storage = OpenBeside(_time);
        await storage.Idempotency.ReleaseAsync((await ClaimAsync(storage, "k")).Claim!);
        await FinishAsync(storage, "k");
        _time.Advance(Keep - TimeSpan.FromMilliseconds(1));
        Assert.Equal(IdempotencyState.Answered, (await ClaimAsync(storage, "k")).State);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var anew = await ClaimAsync(storage, "k", request: "other");
        Assert.Equal(IdempotencyState.Claimed, anew.State);
        await storage.Idempotency.FinishAsync(anew.Claim!, Answer("body"), Keep);

        await FinishAsync(storage, "l");
        _time.Advance(Keep);
        Assert.Equal((1, 1, 0), (await UpkeepAsync(), await UpkeepAsync(), await UpkeepAsync()));
        Assert.Equal(0, Count(storage, "idempotency_keys"));

        Task<int> UpkeepAsync() => storage.Idempotency.UpkeepAsync(Lifetime, 1, Cancellation);
    }

    [Fact]
    public async Task The_number_of_answers_is_bounded_and_the_oldest_goes_first()
    {
        var storage = OpenBeside(_time);
        await storage.Idempotency.ClaimAsync(Tenant, "running", "request", TimeSpan.FromHours(1), 10, Cancellation);
        for (var i = 0; i < 40; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await FinishAsync(storage, $"k{i}");
        }

        Assert.Equal(11, Count(storage, "idempotency_keys"));
        Assert.Equal(IdempotencyState.Answered, (await ClaimAsync(storage, "k31")).State);
        Assert.Equal(IdempotencyState.Running, (await ClaimAsync(storage, "running")).State);
        Assert.Equal(IdempotencyState.Claimed, (await ClaimAsync(storage, "k5")).State);
    }

    // Ten of 4 KiB on average, sealed: of those that are some 11 KiB then, three.
    [Fact]
    public async Task Of_long_answers_fewer_are_kept_and_the_newest_however_long_it_is()
    {
        var storage = OpenBeside(_time);
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await FinishAsync(storage, $"k{i}", new string('x', 6_000));
        }

        await ClaimAsync(storage, "running");
        Assert.Equal(4, Count(storage, "idempotency_keys"));
        Assert.Equal(IdempotencyState.Answered, (await ClaimAsync(storage, "k17")).State);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await FinishAsync(storage, "long", new string('x', 60_000));
        Assert.Equal(IdempotencyState.Answered, (await ClaimAsync(storage, "long")).State);
        Assert.Equal(2, Count(storage, "idempotency_keys"));
    }

    // A trim comes once in so many claims; of long answers after fewer.
    [Fact]
    public async Task Long_answers_are_counted_sooner()
    {
        const int Most = 320;
        var storage = OpenBeside(_time);
        for (var i = 0; i < 30; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            var claim = (await storage.Idempotency.ClaimAsync(Tenant, $"k{i}", "request", Lifetime, Most, Cancellation)).Claim!;
            await storage.Idempotency.FinishAsync(claim, Answer(new string('x', 65_000)), Keep);
        }

        // 320 of 4 KiB are 11 of some 113 KiB; two more may have come since the last trim.
        Assert.InRange(Count(storage, "idempotency_keys"), 11, 13);
    }

    [Fact]
    public async Task An_answer_that_the_database_did_not_take_is_written_when_it_is_back()
    {
        var storage = OpenBeside(_time);
        var claim = (await ClaimAsync(storage, "k")).Claim!;
        Execute(storage, "ALTER TABLE idempotency_keys RENAME TO away");
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => storage.Idempotency.FinishAsync(claim, Answer("body"), Keep));
        Execute(storage, "ALTER TABLE away RENAME TO idempotency_keys");

        Assert.Equal((1, IdempotencyState.Running), (storage.Idempotency.Open, (await ClaimAsync(storage, "k")).State));
        await storage.Idempotency.UpkeepAsync(Lifetime, 100, Cancellation);
        Assert.Equal((0, IdempotencyState.Answered), (storage.Idempotency.Open, (await ClaimAsync(storage, "k")).State));
    }

    private static Task<IdempotencyResult> ClaimAsync(TandemStorage node, string key, string request = "request") =>
        node.Idempotency.ClaimAsync(Tenant, key, request, Lifetime, 10, Cancellation);

    private static async Task FinishAsync(TandemStorage node, string key, string body = "body") =>
        await node.Idempotency.FinishAsync((await ClaimAsync(node, key)).Claim!, Answer(body), Keep);

    private static IdempotentAnswer Answer(string body) =>
        new(201, new Dictionary<string, string> { ["Content-Type"] = "application/json", ["Location"] = "/api/v1/tokens/1" }, Encoding.UTF8.GetBytes(body));
}
