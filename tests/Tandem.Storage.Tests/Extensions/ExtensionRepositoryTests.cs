using Tandem.Calls.Mailboxes;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Queues;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Media.Srtp;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Extensions;

public sealed class ExtensionRepositoryOnSqliteTests() : ExtensionRepositoryTests(null);

public sealed class ExtensionRepositoryOnPostgresTests(PostgresServer postgres) : ExtensionRepositoryTests(postgres);

public abstract class ExtensionRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Tenant = TenantId.Default;

    [Fact]
    public async Task The_first_start_creates_the_range_with_secrets_of_their_own()
    {
        var storage = Serve();

        Assert.Equal(11, await storage.Extensions.EnsureRangeAsync(Tenant, 100, 110, cancellation: Cancellation));
        Assert.Equal(0, await storage.Extensions.EnsureRangeAsync(Tenant, 100, 110, cancellation: Cancellation));

        var all = await storage.Extensions.ListAsync(Tenant, Cancellation);
        Assert.Equal(Enumerable.Range(100, 11).Select(n => $"{n}"), all.Select(e => e.Number));
        Assert.Equal(11, all.Select(e => e.Secret.Reveal()).Distinct().Count());
        Assert.All(all, e => Assert.Equal(24, e.Secret.Reveal().Length));
        Assert.Equal(11, storage.Directory.Count);
    }

    [Fact]
    public async Task Auth_secret_is_the_first_secret_of_all_and_a_wider_range_adds_only_what_is_missing()
    {
        var storage = Serve();
        await storage.Extensions.EnsureRangeAsync(Tenant, 100, 101, new Secret("first"), Cancellation);
        await storage.Extensions.RemoveAsync(Tenant, "101", Cancellation);

        Assert.Equal(1, await storage.Extensions.EnsureRangeAsync(Tenant, 100, 102, new Secret("second"), Cancellation));

        Assert.Equal(["first", "second"], (await storage.Extensions.ListAsync(Tenant, Cancellation)).Select(e => e.Secret.Reveal()));
    }

    [Theory]
    [InlineData(0, 10_000, "at most 10000")]
    [InlineData(110, 100, "not a range")]
    [InlineData(-5, 100, "not a range")]
    public async Task A_range_that_cannot_be_meant_is_refused(int first, int last, string message)
    {
        var refused = await Assert.ThrowsAsync<StorageException>(() => Serve().Extensions.EnsureRangeAsync(Tenant, first, last, cancellation: Cancellation));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extensions_are_added_changed_and_removed()
    {
        var extensions = Serve().Extensions;

        Assert.NotNull(await extensions.AddAsync(Tenant, "200", new Secret("s1"), "Reception", "SHA-256", Cancellation));
        Assert.Null(await extensions.AddAsync(Tenant, "200", cancellation: Cancellation));
        Assert.Equal("s2", (await extensions.ResetSecretAsync(Tenant, "200", new Secret("s2"), Cancellation))!.Reveal());
        Assert.True(await extensions.SetEnabledAsync(Tenant, "200", false, Cancellation));
        Assert.True(await extensions.SetAlgorithmsAsync(Tenant, "200", "MD5", Cancellation));
        Assert.True(await extensions.SetSrtpAsync(Tenant, "200", SrtpPolicy.Required, Cancellation));
        Assert.True(await extensions.SetCodecsAsync(Tenant, "200", "opus,PCMA", Cancellation));
        Assert.True(await extensions.SetRecordedAsync(Tenant, "200", true, Cancellation));
        var media = (await extensions.FindAsync(Tenant, "200", Cancellation))!;
        Assert.Equal((SrtpPolicy.Required, "opus,PCMA", true), (media.Srtp!.Value, media.Codecs, media.IsRecorded));
        Assert.True(await extensions.SetSrtpAsync(Tenant, "200", null, Cancellation));
        Assert.Null((await extensions.FindAsync(Tenant, "200", Cancellation))!.Srtp);

        var found = await extensions.FindAsync(Tenant, "200", Cancellation);
        Assert.Equal(("s2", "Reception", "MD5", false), (found!.Secret.Reveal(), found.DisplayName, found.Algorithms, found.Enabled));
        Assert.True(await extensions.RemoveAsync(Tenant, "200", Cancellation));
        Assert.False(await extensions.RemoveAsync(Tenant, "200", Cancellation));
        Assert.Null(await extensions.FindAsync(Tenant, "200", Cancellation));
        Assert.Null(await extensions.ResetSecretAsync(Tenant, "200", cancellation: Cancellation));
        Assert.NotNull(await extensions.AddAsync(Tenant, "200", cancellation: Cancellation));
    }

    // Who gets the number next has none of the rights of who had it.
    [Fact]
    public async Task A_removed_extension_is_no_supervisor_no_agent_not_recorded_and_has_no_messages()
    {
        var storage = Serve();
        await storage.Extensions.EnsureRangeAsync(Tenant, 100, 101, cancellation: Cancellation);
        await storage.Policies.SaveAsync(Tenant, new MonitorRules { Supervisors = ["100", "101"], Pin = new Secret("4711") }, Cancellation);
        await storage.Policies.SaveAsync(Tenant, RecordingScope.Extension("100"), new RecordingRule { Mode = RecordingMode.Always }, Cancellation);
        await storage.Policies.SaveAsync(Tenant, RecordingScope.Extension("101"), new RecordingRule { Mode = RecordingMode.Always }, Cancellation);
        await storage.Queues.SaveAsync(new StoredQueue(Tenant, new QueueSettings { Name = "sales" }, [new QueueMember("100"), new QueueMember("101")]), Cancellation);
        await storage.Queues.SaveLoginAsync(Tenant, "100", new AgentLogin("100", false, ""), Cancellation);
        await storage.Mailboxes.SaveAsync(new Mailbox(Tenant, "100", new MailboxCounts(2, 0)), Cancellation);
        var version = await storage.Queues.VersionAsync(Cancellation);

        Assert.True(await storage.Extensions.RemoveAsync(Tenant, "100", Cancellation));
        Assert.NotNull(await storage.Extensions.AddAsync(Tenant, "100", cancellation: Cancellation));

        var rules = await storage.Policies.MonitorRulesAsync(Tenant, Cancellation);
        Assert.Equal(["101"], rules.Supervisors);
        Assert.Equal("4711", rules.Pin!.Reveal());
        Assert.Equal(["101"], storage.PolicyDirectory.Of(Tenant).Supervisors);
        Assert.Equal([RecordingScope.Extension("101")], (await storage.Policies.RecordingRulesAsync(Tenant, Cancellation)).Select(rule => rule.Scope));
        Assert.Equal(["101"], (await storage.Queues.QueuesAsync(Cancellation)).Single().Members.Select(member => member.Number));
        Assert.Empty(await storage.Queues.LoginsAsync(Cancellation));
        Assert.NotEqual(version, await storage.Queues.VersionAsync(Cancellation));
        var (_, mailboxes) = await storage.Mailboxes.ChangedAsync(0, Cancellation);
        Assert.Equal(default, mailboxes.Single(mailbox => mailbox.Number == "100").Counts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 0")]
    [InlineData("100@x")]
    [InlineData("123456789012345678901234567890123")]
    public async Task A_number_that_no_phone_can_have_is_refused(string number) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Serve().Extensions.AddAsync(Tenant, number, cancellation: Cancellation));

    [Fact]
    public async Task Secrets_are_not_in_the_database_as_text()
    {
        var storage = Serve();
        await storage.Extensions.AddAsync(Tenant, "200", new Secret("plain-to-see"), cancellation: Cancellation);

        Assert.DoesNotContain("plain", Scalar<string>(storage, "SELECT secret FROM extensions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_moved_to_another_extension_does_not_open()
    {
        var storage = Serve();
        await storage.Extensions.EnsureRangeAsync(Tenant, 100, 101, cancellation: Cancellation);
        Execute(storage, "UPDATE extensions SET secret = (SELECT secret FROM extensions WHERE number = '100') WHERE number = '101'");

        var refused = await Assert.ThrowsAsync<StorageException>(() => storage.Extensions.FindAsync(Tenant, "101", Cancellation));
        Assert.Contains("extension 101", refused.Message, StringComparison.Ordinal);
    }
}
