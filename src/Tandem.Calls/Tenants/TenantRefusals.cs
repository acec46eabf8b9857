using System.Collections.Concurrent;
using Tandem.Calls.Events;

namespace Tandem.Calls.Tenants;

/// <summary>
/// Counts how often a tenant was refused by one of its limits, and tells it: the first time, and at most once a minute after that, so that a phone that tries
/// again and again makes no flood of events. Thread-safe.
/// </summary>
public sealed class TenantRefusals(IEventSink events)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly int Limits = Enum.GetValues<TenantLimit>().Length;

    private readonly ConcurrentDictionary<TenantId, Account> _accounts = new();

    /// <summary>All tenants that were ever refused since the start, by each limit.</summary>
    public IReadOnlyList<(TenantId Tenant, TenantLimit Limit, long Refused)> All()
    {
        var all = new List<(TenantId, TenantLimit, long)>();
        foreach (var (tenant, account) in _accounts)
        {
            for (var limit = 0; limit < Limits; limit++)
            {
                if (Volatile.Read(ref account.Refused[limit]) is var refused and > 0)
                    all.Add((tenant, (TenantLimit)limit, refused));
            }
        }

        return all;
    }

    /// <summary>A tenant was refused.</summary>
    /// <param name="most">What it may have.</param>
    public void Count(TenantId tenant, TenantLimit limit, int most, DateTimeOffset now)
    {
        var account = _accounts.GetOrAdd(tenant, static _ => new Account());
        var refused = Interlocked.Increment(ref account.Refused[(int)limit]);
        ref var told = ref account.ToldAt[(int)limit];
        var last = Volatile.Read(ref told);
        if (now.UtcTicks - last >= Pause.Ticks && Interlocked.CompareExchange(ref told, now.UtcTicks, last) == last)
            events.Publish(new TenantLimitReached(tenant, limit, most, refused, now));
    }

    private sealed class Account
    {
        public readonly long[] Refused = new long[Limits];
        public readonly long[] ToldAt = new long[Limits];
    }
}
