namespace Tandem.Calls.Tenants;

/// <summary>How much of the installation a tenant may use; 0 for no limit besides that of the installation.</summary>
/// <param name="Calls">Calls in progress.</param>
/// <param name="CallsPerSecond">New calls in a second.</param>
/// <param name="Registrations">Contacts that are registered.</param>
/// <param name="StorageBytes">Bytes of recordings and sounds.</param>
/// <param name="SpendPerDay">Money for calls to outside in a day, where there is a price list; the tenant's own rules may be narrower, and never wider.</param>
public sealed record TenantLimits(int Calls = 0, int CallsPerSecond = 0, int Registrations = 0, long StorageBytes = 0, decimal SpendPerDay = 0)
{
    public static readonly TenantLimits None = new();
}
