using Tandem.Calls.Tenants;

namespace Tandem.Storage.Idempotency;

/// <summary>The right to run the request of a key; ended by <see cref="IdempotencyRepository.FinishAsync"/> or <see cref="IdempotencyRepository.ReleaseAsync"/>.</summary>
public sealed class IdempotencyClaim
{
    internal IdempotencyClaim(TenantId tenant, string keyHash, long number) => (Tenant, KeyHash, Number) = (tenant, keyHash, number);

    internal TenantId Tenant { get; }

    internal string KeyHash { get; }

    /// <summary>Tells it from all others of this run of the process.</summary>
    internal long Number { get; }

    /// <summary>How it ended, as it is still to be written; null while the request runs.</summary>
    internal IdempotencyOutcome? Outcome { get; set; }
}
