using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ivr;

/// <summary>The flows of all tenants, in memory. Thread-safe.</summary>
public interface IIvrFlows
{
    /// <summary>A flow as it is now; null when there is none.</summary>
    IvrFlow? Find(TenantId tenant, string id);
}
