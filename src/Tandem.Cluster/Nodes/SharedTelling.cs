using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cluster.Nodes;

/// <summary>What a node says on the channel before it tells all of its bindings anew, and after it.</summary>
/// <param name="TellingNode">Its name.</param>
/// <param name="Id">The same before and after, and another each time.</param>
/// <param name="IsDone">All is told.</param>
internal sealed record SharedTelling(string TellingNode, string Id, bool IsDone)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SharedTellingJson.Default.SharedTelling);

    /// <summary>Null for anything else.</summary>
    public static SharedTelling? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SharedTellingJson.Default.SharedTelling) is { TellingNode: { Length: > 0 and <= 64 }, Id: { Length: > 0 and <= 64 } } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SharedTelling))]
internal sealed partial class SharedTellingJson : JsonSerializerContext;
