using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Toll;

namespace Tandem.Storage.Tenants;

/// <summary>A row of <c>tenants</c>.</summary>
internal sealed class TenantRow
{
    public string TenantId { get; set; } = "";

    public string DisplayName { get; set; } = "";

    public string? Domain { get; set; }

    public long Enabled { get; set; }

    public string TimeZone { get; set; } = "";

    public string Language { get; set; } = "";

    public long MaxCalls { get; set; }

    public long MaxCallsPerSecond { get; set; }

    public long MaxRegistrations { get; set; }

    public long MaxStorageBytes { get; set; }

    public long MaxSpendMicros { get; set; }

    public long Version { get; set; }

    public long CreatedAt { get; set; }

    public long? DeletedAt { get; set; }

    public Tenant ToTenant() => new(new TenantId(TenantId), DisplayName)
    {
        Domain = Domain,
        Enabled = Enabled != 0,
        TimeZone = TimeZone,
        Language = Language,
        Limits = new TenantLimits(Count(MaxCalls), Count(MaxCallsPerSecond), Count(MaxRegistrations), MaxStorageBytes, Money.FromMicros(MaxSpendMicros)),
        Version = Version,
        CreatedAt = CreatedAt.ToTime(),
    };

    private static int Count(long stored) => (int)Math.Clamp(stored, 0, int.MaxValue);
}
