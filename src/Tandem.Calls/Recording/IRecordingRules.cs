using Tandem.Calls.Tenants;

namespace Tandem.Calls.Recording;

/// <summary>The rules of recording by tenant and scope. Answers from memory, on any thread.</summary>
public interface IRecordingRules
{
    /// <summary>True when a tenant has set any: without one nobody looks further.</summary>
    bool HasAny(TenantId tenant);

    /// <summary>What is set for a <see cref="RecordingScope"/>; null for nothing.</summary>
    RecordingRule? Find(TenantId tenant, string scope);
}
