using Tandem.Calls.Tenants;
using Tandem.Media.Recording;

namespace Tandem.Calls.Ports;

/// <summary>The keys that recordings are sealed with, unwrapped, in memory. Thread-safe.</summary>
public interface IRecordingKeys
{
    /// <summary>The key for new recordings of a tenant; null when it has none yet.</summary>
    RecordingKey? Current(TenantId tenant);

    /// <summary>The key with that id; null when the tenant has none such, or the master key does not unwrap it.</summary>
    RecordingKey? Find(TenantId tenant, Guid id);
}
