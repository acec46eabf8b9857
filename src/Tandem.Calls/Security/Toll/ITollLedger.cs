using Tandem.Calls.Tenants;

namespace Tandem.Calls.Security.Toll;

/// <summary>Keeps what a restart must not forget: blocks, and the money of the day, of each node for itself. Called under a lock: it queues and returns.</summary>
public interface ITollLedger
{
    /// <summary>What this node kept of a tenant; asked once, before its first call to outside.</summary>
    TollState Load(TenantId tenant);

    /// <summary>What the other nodes had kept of it when this one started, by node.</summary>
    IEnumerable<(string Node, TollState State)> LoadOthers(TenantId tenant);

    /// <summary>Keeps what this node knows.</summary>
    void Save(TenantId tenant, TollState state);
}
