using Tandem.Calls.Tenants;

namespace Tandem.Calls.Rooms;

/// <summary>A room of a tenant.</summary>
public readonly record struct RoomKey(TenantId Tenant, string Name);
