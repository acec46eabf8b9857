using Tandem.Calls.Tenants;

namespace Tandem.Server.Hosting;

/// <summary>Counts now and then what tenants with a limit have stored; what was counted last holds until the next time.</summary>
public sealed class TenantStorageCheck : PeriodicWork
{
    private readonly TenantStorage _storage;

    /// <param name="told">Hears why it could not be counted; it must not throw.</param>
    public TenantStorageCheck(TenantStorage storage, TimeSpan interval, TimeProvider time, Action<string, Exception?> told)
        : base(interval, time, "what tenants have stored could not be counted", told)
    {
        _storage = storage;
        Begin();
    }

    protected override async Task<string> DoAsync(CancellationToken stop)
    {
        await _storage.CountAsync(stop);
        return "";
    }
}
