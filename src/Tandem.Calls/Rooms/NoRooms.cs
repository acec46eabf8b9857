using Tandem.Calls.Tenants;

namespace Tandem.Calls.Rooms;

/// <summary>No room is kept: all are made by who dials in.</summary>
public sealed class NoRooms : IRoomDirectory
{
    /// <inheritdoc/>
    public RoomDefinition? Find(TenantId tenant, string name) => null;
}
