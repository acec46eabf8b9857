using Tandem.Calls.Tenants;

namespace Tandem.Calls.Security.Toll;

/// <summary>Whose rules are what. Asked on a shard for each call to outside: it answers from memory.</summary>
public interface ITollPolicies
{
    /// <summary>The rules of a tenant.</summary>
    TollRules Of(TenantId tenant);

    /// <summary>What a profile adds to them: both must let a call go. Null for nothing.</summary>
    TollRules? Of(TenantId tenant, string profile);

    /// <summary>When the way out of a tenant was last opened by hand, here or elsewhere; <see cref="DateTimeOffset.MinValue"/> for never.</summary>
    DateTimeOffset LiftedAt(TenantId tenant) => DateTimeOffset.MinValue;

    /// <summary>The price of a call through a profile; null where no list names one.</summary>
    TollPrice? PriceOf(TenantId tenant, string profile, ReadOnlySpan<char> digits);
}
