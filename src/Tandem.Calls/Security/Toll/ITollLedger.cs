using Tandem.Calls.Tenants;

namespace Tandem.Calls.Security.Toll;

/// <summary>Keeps what a restart must not forget: blocks, and the money of the day. Called under a lock: it queues and returns.</summary>
public interface ITollLedger
{
    /// <summary>What was kept of a tenant; asked once, before its first call to outside.</summary>
    TollState Load(TenantId tenant);

    /// <summary>Keeps it.</summary>
    void Save(TenantId tenant, TollState state);
}
