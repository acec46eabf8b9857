using System.Collections.Concurrent;
using Tandem.Core.Time;

namespace Tandem.Calls.Tenants;

/// <summary>
/// Calls in progress of each tenant, and how fast new ones come, against its <see cref="TenantLimits"/>. Shared by the shards. There is
/// one entry for each tenant that has ever called since the start.
/// </summary>
internal sealed class TenantCalls(TenantDomains domains)
{
    private readonly ConcurrentDictionary<TenantId, Account> _accounts = new();

    /// <summary>Calls of a tenant in progress.</summary>
    public int CountOf(TenantId tenant) => _accounts.TryGetValue(tenant, out var account) ? account.Calls : 0;

    /// <summary>Takes a place for a new call; false when the tenant has as many as it may, or they come too fast.</summary>
    public bool TryEnter(TenantId tenant, Moment now)
    {
        var limits = domains.LimitsOf(tenant);
        if (_accounts.GetOrAdd(tenant, static _ => new Account()).TryEnter(limits, now) is not { } reached)
            return true;

        domains.LimitReached?.Invoke(tenant, reached, reached == TenantLimit.Calls ? limits.Calls : limits.CallsPerSecond, now);
        return false;
    }

    /// <summary>Takes a place whatever the limits say: a call that stands in for one that is there, as a transfer's.</summary>
    public void Enter(TenantId tenant) => _accounts.GetOrAdd(tenant, static _ => new Account()).Enter();

    /// <summary>Gives a place back.</summary>
    public void Leave(TenantId tenant)
    {
        if (_accounts.TryGetValue(tenant, out var account))
            account.Leave();
    }

    private sealed class Account
    {
        private readonly Lock _lock = new();
        private double _left = double.MaxValue;
        private Moment _at;

        public int Calls { get; private set; }

        // The limit that is reached; null when there was a place.
        public TenantLimit? TryEnter(TenantLimits limits, Moment now)
        {
            lock (_lock)
            {
                if (limits.Calls > 0 && Calls >= limits.Calls)
                    return TenantLimit.Calls;

                // A bucket of one second: as many calls may come at once as in a second.
                if (limits.CallsPerSecond > 0)
                {
                    _left = Math.Min(limits.CallsPerSecond, _left + (Math.Max(0, (now - _at).TotalSeconds) * limits.CallsPerSecond));
                    _at = now;
                    if (_left < 1)
                        return TenantLimit.CallsPerSecond;
                    _left--;
                }

                Calls++;
                return null;
            }
        }

        public void Enter()
        {
            lock (_lock)
                Calls++;
        }

        public void Leave()
        {
            lock (_lock)
                Calls--;
        }
    }
}
