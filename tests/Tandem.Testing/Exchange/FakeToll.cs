using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;

namespace Tandem.Testing.Exchange;

/// <summary>Rules, prices and memory of the toll guard. Everywhere may be called until a test sets other rules.</summary>
public sealed class FakeToll : ITollPolicies, ITollLedger
{
    private readonly Dictionary<TenantId, TollState> _kept = [];

    public TollRules Rules { get; set; } = new() { Allowed = ["*"], MaxConcurrent = 1_000, MaxPerMinute = 1_000, MaxRefusedPerMinute = 1_000 };

    /// <summary>The price of every call; null for none.</summary>
    public TollPrice? Price { get; set; }

    public TollRules Of(TenantId tenant) => Rules;

    public TollRules? Of(TenantId tenant, string profile) => null;

    public TollPrice? PriceOf(TenantId tenant, string profile, ReadOnlySpan<char> digits) => Price;

    public TollState Load(TenantId tenant) => _kept.GetValueOrDefault(tenant, TollState.Empty);

    public IEnumerable<(string Node, TollState State)> LoadOthers(TenantId tenant) => [];

    public void Save(TenantId tenant, TollState state) => _kept[tenant] = state;
}
