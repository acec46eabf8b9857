using Tandem.Calls.Tenants;
using Tandem.Sip.Engine;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Bindings;

public sealed class BindingRepositoryOnSqliteTests() : BindingRepositoryTests(null);

public sealed class BindingRepositoryOnPostgresTests(PostgresServer postgres) : BindingRepositoryTests(postgres);

public abstract class BindingRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private const string Contact = "sip:100@192.0.2.1:5060;transport=udp";

    [Fact]
    public async Task A_binding_comes_back_with_every_field()
    {
        var storage = Serve();
        var binding = Sample.Binding("100", Contact);
        storage.Bindings.Save(binding);
        await storage.Writer.FlushAsync(Cancellation);

        var loaded = Assert.Single(storage.Bindings.Load(Sample.Start));
        Assert.Equal(binding.Path, loaded.Path);
        Assert.Equal(binding with { Path = [] }, loaded with { Path = [] });
    }

    // RFC 5626 §6: two flows of one phone may share their Contact URI, and a flow may change it.
    [Fact]
    public async Task Flows_are_kept_by_instance_and_reg_id()
    {
        var storage = Serve();
        var flow = Sample.Binding("100", Contact) with { RegId = 1 };
        storage.Bindings.Save(flow);
        storage.Bindings.Save(flow with { RegId = 2 });
        storage.Bindings.Save(Sample.Binding("100", Contact));
        await storage.Writer.FlushAsync(Cancellation);
        storage.Bindings.Save(flow with { ContactUri = "sip:100@192.0.2.99", Instance = flow.Instance.ToLowerInvariant() });
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(
            [(0, Contact), (1, "sip:100@192.0.2.99"), (2, Contact)], storage.Bindings.Load(Sample.Start).Select(b => (b.RegId, b.ContactUri)).Order());
        storage.Bindings.Remove(TenantId.Default, "100", (flow with { RegId = 2 }).Key);
        storage.Bindings.Remove(TenantId.Default, "100", Contact);
        await storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(1, Assert.Single(storage.Bindings.Load(Sample.Start)).RegId);
    }

    [Fact]
    public async Task A_stream_comes_back_without_its_connection()
    {
        var storage = Serve();
        var binding = Sample.Binding("100", Contact, SipTransportKind.Tcp);
        storage.Bindings.Save(binding with { Flow = binding.Flow with { Connection = 77 } });
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal(binding.Flow, Assert.Single(storage.Bindings.Load(Sample.Start)).Flow);
    }

    [Fact]
    public async Task A_revoked_extension_leaves_no_binding_for_the_next_start()
    {
        var storage = Serve();
        await storage.Extensions.EnsureRangeAsync(TenantId.Default, 100, 103, cancellation: Cancellation);
        foreach (var number in new[] { "100", "101", "102", "103" })
            storage.Bindings.Save(Sample.Binding(number, Contact));
        await storage.Writer.FlushAsync(Cancellation);

        await storage.Extensions.ResetSecretAsync(TenantId.Default, "100", cancellation: Cancellation);
        await storage.Extensions.SetEnabledAsync(TenantId.Default, "101", false, Cancellation);
        await storage.Extensions.RemoveAsync(TenantId.Default, "102", Cancellation);
        Assert.Equal("103", Assert.Single(storage.Bindings.Load(Sample.Start)).Number);
    }

    [Fact]
    public async Task The_last_write_to_a_binding_counts()
    {
        var storage = Serve();
        storage.Bindings.Save(Sample.Binding("100", Contact));
        storage.Bindings.Remove(TenantId.Default, "100", Contact);
        storage.Bindings.Save(Sample.Binding("100", Contact) with { RegistrationCount = 9 });
        storage.Bindings.Save(Sample.Binding("101", Contact));
        storage.Bindings.Remove(TenantId.Default, "101", Contact);
        await storage.Writer.FlushAsync(Cancellation);

        var loaded = Assert.Single(storage.Bindings.Load(Sample.Start));
        Assert.Equal(("100", 9), (loaded.Number, loaded.RegistrationCount));
    }

    [Fact]
    public async Task Expired_bindings_are_neither_loaded_nor_kept()
    {
        var storage = Serve();
        storage.Bindings.Save(Sample.Binding("100", Contact));
        storage.Bindings.Save(Sample.Binding("101", Contact) with { ExpiresAt = Sample.Start.AddSeconds(601) });
        await storage.Writer.FlushAsync(Cancellation);

        Assert.Equal("101", Assert.Single(storage.Bindings.Load(Sample.Start.AddSeconds(600))).Number);
        Assert.Equal(1, Count(storage, "bindings"));
    }

    [Fact]
    public async Task Bindings_survive_a_restart()
    {
        var first = Serve();
        first.Bindings.Save(Sample.Binding("100", Contact));
        await CloseAsync(first);

        Assert.Single(Serve().Bindings.Load(Sample.Start));
    }

    // Each node has a DATA_DIR of its own and shares the database.
    [Fact]
    public async Task A_node_loads_and_removes_only_what_registered_with_it()
    {
        var here = Serve();
        here.Bindings.Save(Sample.Binding("100", Contact));
        here.Bindings.Save(Sample.Binding("101", Contact));
        await here.Writer.FlushAsync(Cancellation);
        Execute(here, "UPDATE bindings SET node_id = 'elsewhere' WHERE number = '101'");

        Assert.Equal("100", Assert.Single(here.Bindings.Load(Sample.Start)).Number);
        here.Bindings.Remove(TenantId.Default, "100", Contact);
        here.Bindings.Remove(TenantId.Default, "101", Contact);
        await here.Writer.FlushAsync(Cancellation);
        Assert.Equal("101 elsewhere", Scalar<string>(here, "SELECT number || ' ' || node_id FROM bindings"));
    }

    [Fact]
    public async Task Bindings_of_before_there_were_nodes_belong_to_the_first_that_starts()
    {
        var first = Serve();
        first.Bindings.Save(Sample.Binding("100", Contact));
        await first.Writer.FlushAsync(Cancellation);
        Execute(first, "UPDATE bindings SET node_id = ''");

        Assert.Single(first.Bindings.Load(Sample.Start));
        Assert.Equal(first.Writer.Run.NodeId, Scalar<string>(first, "SELECT node_id FROM bindings"));
    }

    // A write that waited while the database was away is older than the REGISTER at the other node.
    [Theory]
    [InlineData(-1, "here")]
    [InlineData(1, "elsewhere")]
    public async Task A_phone_that_moved_belongs_to_the_node_that_saw_it_last(int seconds, string owner)
    {
        var here = Serve();
        var binding = Sample.Binding("100", Contact);
        here.Bindings.Save(binding);
        await here.Writer.FlushAsync(Cancellation);
        Execute(here, $"UPDATE bindings SET node_id = 'elsewhere', last_seen_at = last_seen_at + {seconds * 1000}");

        here.Bindings.Save(binding);
        await here.Writer.FlushAsync(Cancellation);
        Assert.Equal(owner == "here" ? here.Writer.Run.NodeId : owner, Scalar<string>(here, "SELECT node_id FROM bindings"));
    }

    [Fact]
    public async Task What_expired_at_a_node_that_is_gone_is_swept_by_any_other_in_steps()
    {
        var here = Serve();
        for (var number = 100; number < 105; number++)
            here.Bindings.Save(Sample.Binding(number.ToString(System.Globalization.CultureInfo.InvariantCulture), Contact) with { ExpiresAt = Sample.Start.AddSeconds(number) });
        await here.Writer.FlushAsync(Cancellation);
        Execute(here, "UPDATE bindings SET node_id = 'gone'");

        Assert.Equal(2, await here.Bindings.SweepAsync(Sample.Start.AddSeconds(103), 2, Cancellation));
        Assert.Equal(2, await here.Bindings.SweepAsync(Sample.Start.AddSeconds(103), 2, Cancellation));
        Assert.Equal(0, await here.Bindings.SweepAsync(Sample.Start.AddSeconds(103), 2, Cancellation));
        Assert.Equal("104", Scalar<string>(here, "SELECT number FROM bindings"));
    }
}
