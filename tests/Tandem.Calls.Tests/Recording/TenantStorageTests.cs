using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Testing.Tenants;

namespace Tandem.Calls.Tests.Recording;

public sealed class TenantStorageTests
{
    private static readonly TenantId Acme = new("acme");

    private readonly FakeTenants _tenants = new();
    private readonly Heard _heard = new();
    private readonly TenantStorage _storage;
    private long _counted;

    public TenantStorageTests()
    {
        _storage = new TenantStorage(_tenants, (tenant, _) => Task.FromResult(tenant == Acme ? _counted : 1_000_000), TimeProvider.System) { Events = _heard };
        _tenants.Set(new Tenant(Acme, "Acme") { Limits = new TenantLimits(StorageBytes: 1_000) });
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(999, 0, true)]
    [InlineData(999, 1, true)]
    [InlineData(999, 2, false)]
    [InlineData(1_000, 0, false)]
    [InlineData(5_000, 0, false)]
    public async Task There_is_room_up_to_the_limit(long counted, long more, bool isRoom)
    {
        _counted = counted;
        await _storage.CountAsync(TestContext.Current.CancellationToken);
        Assert.Equal(isRoom, _storage.Problem(Acme, more) is null);
        Assert.Equal(isRoom, await _storage.ProblemAsync(Acme, more, TestContext.Current.CancellationToken) is null);
        Assert.Equal(counted >= 1_000 ? 1 : 0, _heard.All.Count);
    }

    [Fact]
    public async Task What_comes_between_two_counts_counts_and_what_goes_makes_room_at_once_for_who_may_wait()
    {
        await _storage.CountAsync(TestContext.Current.CancellationToken);
        _storage.Add(Acme, 600);
        Assert.Null(_storage.Problem(Acme));
        _storage.Add(Acme, 600);
        Assert.Contains("1200 of 1000 bytes", _storage.Problem(Acme), StringComparison.Ordinal);
        var full = Assert.IsType<TenantStorageFull>(Assert.Single(_heard.All));
        Assert.Equal((Acme, 1_200L, 1_000L), (full.Tenant, full.Used, full.Limit));

        _counted = 100;
        Assert.Null(await _storage.ProblemAsync(Acme, 0, TestContext.Current.CancellationToken));
        Assert.Null(_storage.Problem(Acme));
        _counted = 2_000;
        await _storage.CountAsync(TestContext.Current.CancellationToken);
        await _storage.CountAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, _heard.All.Count); // once for each time that it became full
    }

    [Fact]
    public async Task Without_a_limit_nobody_is_full()
    {
        await _storage.CountAsync(TestContext.Current.CancellationToken);
        _storage.Add(TenantId.Default, long.MaxValue / 2);
        Assert.Null(_storage.Problem(TenantId.Default, 1));
        Assert.Null(_storage.Problem(new TenantId("unknown"), 1));
        Assert.Empty(_heard.All);
    }

    private sealed class Heard : IEventSink
    {
        public List<ExchangeEvent> All { get; } = [];

        public void Publish(ExchangeEvent exchangeEvent) => All.Add(exchangeEvent);
    }
}
