using Tandem.Calls.Monitoring;
using Tandem.Calls.Recording;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;

namespace Tandem.Testing.Exchange;

/// <summary>Rooms that are kept and rules of calls, of all tenants alike.</summary>
public sealed class FakeKeptRooms : IRoomDirectory, IMonitorRules, IRecordingRules
{
    /// <summary>By name.</summary>
    public Dictionary<string, RoomDefinition> Rooms { get; } = [];

    /// <summary>How supervisors monitor.</summary>
    public MonitorRules Monitor { get; set; } = MonitorRules.Default;

    /// <summary>What is recorded, by scope.</summary>
    public Dictionary<string, RecordingRule> Recording { get; } = [];

    public RoomDefinition? Find(TenantId tenant, string name) => Rooms.GetValueOrDefault(name);

    public MonitorRules Of(TenantId tenant) => Monitor;

    public bool HasAny(TenantId tenant) => Recording.Count > 0;

    RecordingRule? IRecordingRules.Find(TenantId tenant, string scope) => Recording.GetValueOrDefault(scope);
}
