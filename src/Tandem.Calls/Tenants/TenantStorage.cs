using System.Collections.Concurrent;
using Tandem.Calls.Events;

namespace Tandem.Calls.Tenants;

/// <summary>
/// How much of what they may store (<see cref="TenantLimits.StorageBytes"/>) tenants have stored: recordings and sounds. It is counted now and then, and what
/// comes in between is added, so that asking costs nothing on a shard. A recording that runs is not cut off: it is the last one. Thread-safe.
/// </summary>
/// <param name="tenants">Their limits.</param>
/// <param name="count">Counts what a tenant has stored, in bytes.</param>
/// <param name="time">The clock.</param>
public sealed class TenantStorage(ITenantDirectory tenants, Func<TenantId, CancellationToken, Task<long>> count, TimeProvider time)
{
    private readonly ConcurrentDictionary<TenantId, Account> _accounts = new();

    /// <summary>Hears once when a tenant becomes full; null: nobody.</summary>
    public IEventSink? Events { get; set; }

    /// <summary>Why nothing more can be stored, for people; null when there is room.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="more">Bytes that are to come, as far as that is known.</param>
    public string? Problem(TenantId tenant, long more = 0)
    {
        if (LimitOf(tenant) is not (> 0 and var limit) || !_accounts.TryGetValue(tenant, out var account) || Used(account) is var used && used < limit && used + more <= limit)
            return null;

        if (used >= limit)
            Tell(tenant, account, used, limit);
        return $"The storage of the tenant is full: {used} of {limit} bytes are used (limits.storageBytes). Recordings or sounds must be removed, or the limit raised";
    }

    /// <summary>The same, counted anew before it is refused: what was removed a moment ago has made room.</summary>
    public async Task<string?> ProblemAsync(TenantId tenant, long more, CancellationToken cancellation = default)
    {
        if (LimitOf(tenant) > 0 && (!_accounts.ContainsKey(tenant) || Problem(tenant, more) is not null))
            await CountAsync(tenant, cancellation);
        return Problem(tenant, more);
    }

    /// <summary>Something was stored.</summary>
    public void Add(TenantId tenant, long bytes)
    {
        if (LimitOf(tenant) > 0)
            Interlocked.Add(ref _accounts.GetOrAdd(tenant, static _ => new Account()).Bytes, bytes);
    }

    /// <summary>Counts all tenants that have a limit.</summary>
    public async Task CountAsync(CancellationToken cancellation = default)
    {
        foreach (var tenant in tenants.All)
        {
            if (tenant.Limits.StorageBytes > 0)
                await CountAsync(tenant.Id, cancellation);
        }
    }

    private async Task CountAsync(TenantId tenant, CancellationToken cancellation)
    {
        var account = _accounts.GetOrAdd(tenant, static _ => new Account());
        var bytes = await count(tenant, cancellation);
        Interlocked.Exchange(ref account.Bytes, bytes);
        if (LimitOf(tenant) is not (> 0 and var limit))
            return;
        if (bytes >= limit)
            Tell(tenant, account, bytes, limit);
        else
            Interlocked.Exchange(ref account.Told, 0);
    }

    private void Tell(TenantId tenant, Account account, long used, long limit)
    {
        if (Interlocked.Exchange(ref account.Told, 1) == 0)
            Events?.Publish(new TenantStorageFull(tenant, used, limit, time.GetUtcNow()));
    }

    private long LimitOf(TenantId tenant) => tenants.Find(tenant)?.Limits.StorageBytes ?? 0;

    private static long Used(Account account) => Interlocked.Read(ref account.Bytes);

    private sealed class Account
    {
        public long Bytes;
        public int Told;
    }
}
