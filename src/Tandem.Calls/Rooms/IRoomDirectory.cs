using Tandem.Calls.Tenants;

namespace Tandem.Calls.Rooms;

/// <summary>Rooms that are kept. Answers from memory, on any thread.</summary>
public interface IRoomDirectory
{
    /// <summary>The room of a tenant with that name; null when nobody has kept one.</summary>
    RoomDefinition? Find(TenantId tenant, string name);
}
