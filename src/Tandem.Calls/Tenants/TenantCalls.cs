using System.Collections.Concurrent;
using Tandem.Calls.Limits;
using Tandem.Calls.Ports;
using Tandem.Core.Time;

namespace Tandem.Calls.Tenants;

/// <summary>
/// Calls in progress of each tenant, and how fast new ones come, against its <see cref="TenantLimits"/>, those at other nodes included. Shared by the shards.
/// There is one entry for each tenant that has ever called since the start.
/// </summary>
internal sealed class TenantCalls(TenantDomains domains)
{
    private readonly ConcurrentDictionary<TenantId, Account> _accounts = new();

    /// <summary>What the other nodes use; null where the node is alone. Set before the loops start.</summary>
    public IRemoteUse? Remote { get; set; }

    /// <summary>Calls of a tenant in progress at this node.</summary>
    public int CountOf(TenantId tenant) => _accounts.TryGetValue(tenant, out var account) ? account.Calls : 0;

    /// <summary>Takes a place for a new call; false when the tenant has as many as it may, or they come too fast.</summary>
    /// <param name="tells">True when the call is refused then, which <see cref="TenantDomains.LimitReached"/> hears of.</param>
    public bool TryEnter(TenantId tenant, Moment now, bool tells = true)
    {
        var limits = domains.LimitsOf(tenant);
        var others = Remote?.Of(KeyOf(tenant)) ?? default;
        var asked = limits.CallsPerSecond > 0 ? Remote?.AskedOf(KeyOf(tenant)) ?? [] : [];
        if (_accounts.GetOrAdd(tenant, static _ => new Account()).TryEnter(limits, others, asked, now) is not { } reached)
            return true;

        if (tells)
            domains.LimitReached?.Invoke(tenant, reached, reached == TenantLimit.Calls ? limits.Calls : limits.CallsPerSecond, now);
        return false;
    }

    /// <summary>Takes a place whatever the limits say: a call that stands in for one that is there, as a transfer's.</summary>
    public void Enter(TenantId tenant) => _accounts.GetOrAdd(tenant, static _ => new Account()).Enter();

    /// <summary>The same for a call for help; false when <paramref name="most"/> of the tenant's have such places: one that makes them by a program takes them from all others.</summary>
    public bool TryEnterForHelp(TenantId tenant, int most) => _accounts.GetOrAdd(tenant, static _ => new Account()).TryEnterForHelp(most);

    /// <summary>Gives a place back.</summary>
    /// <param name="isForHelp">It was taken by <see cref="TryEnterForHelp"/>.</param>
    public void Leave(TenantId tenant, bool isForHelp = false)
    {
        if (_accounts.TryGetValue(tenant, out var account))
            account.Leave(isForHelp);
    }

    /// <summary>Adds what each tenant uses at this node.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="seconds">How long ago it was asked last.</param>
    public void Collect(List<ToldUse> into, double seconds)
    {
        foreach (var (tenant, account) in _accounts)
            into.Add(new ToldUse(KeyOf(tenant), account.Turn(seconds)));
    }

    private static UseKey KeyOf(TenantId tenant) => new(UseKind.Tenant, tenant.Value);

    private sealed class Account
    {
        private readonly Lock _lock = new();
        private readonly CallPace _pace = new();
        private int _forHelp;

        public int Calls { get; private set; }

        // The limit that is reached; null when there was a place.
        public TenantLimit? TryEnter(TenantLimits limits, in NodeUse others, ReadOnlySpan<double> asked, Moment now)
        {
            lock (_lock)
            {
                if (limits.Calls > 0 && Calls + others.Calls >= limits.Calls)
                    return TenantLimit.Calls;
                if (!_pace.TryTake(limits.CallsPerSecond, asked, now))
                    return TenantLimit.CallsPerSecond;

                Calls++;
                return null;
            }
        }

        public void Enter()
        {
            lock (_lock)
                Calls++;
        }

        public bool TryEnterForHelp(int most)
        {
            lock (_lock)
            {
                if (_forHelp >= most)
                    return false;

                _forHelp++;
                Calls++;
                return true;
            }
        }

        public void Leave(bool isForHelp)
        {
            lock (_lock)
            {
                Calls--;
                if (isForHelp)
                    _forHelp--;
            }
        }

        public NodeUse Turn(double seconds)
        {
            lock (_lock)
                return _pace.Turn(seconds) with { Calls = Calls };
        }
    }
}
