using Tandem.Calls.Tenants;

namespace Tandem.Calls.Monitoring;

/// <summary>No tenant has set anything.</summary>
public sealed class NoMonitorRules : IMonitorRules
{
    /// <inheritdoc/>
    public MonitorRules Of(TenantId tenant) => MonitorRules.Default;
}
