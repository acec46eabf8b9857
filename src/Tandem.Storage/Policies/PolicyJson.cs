using System.Text.Json.Serialization;

namespace Tandem.Storage.Policies;

/// <summary>Policies as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RoomBody))]
[JsonSerializable(typeof(RecordingBody))]
[JsonSerializable(typeof(MonitorBody))]
internal sealed partial class PolicyJson : JsonSerializerContext;
