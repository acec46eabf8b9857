using Tandem.Calls.Tenants;

namespace Tandem.Calls.Recording;

/// <summary>No tenant has set anything.</summary>
public sealed class NoRecordingRules : IRecordingRules
{
    /// <inheritdoc/>
    public bool HasAny(TenantId tenant) => false;

    /// <inheritdoc/>
    public RecordingRule? Find(TenantId tenant, string scope) => null;
}
