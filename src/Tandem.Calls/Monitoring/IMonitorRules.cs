using Tandem.Calls.Tenants;

namespace Tandem.Calls.Monitoring;

/// <summary>The rules of monitoring by tenant. Answers from memory, on any thread.</summary>
public interface IMonitorRules
{
    /// <summary>The rules of a tenant; <see cref="MonitorRules.Default"/> where it has set none.</summary>
    MonitorRules Of(TenantId tenant);
}
