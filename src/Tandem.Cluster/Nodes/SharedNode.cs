using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cluster.Nodes;

/// <summary>A node as it tells the others of itself: under <c>tandem:node:&lt;name&gt;</c> and on the channel.</summary>
/// <param name="NodeId">Its name.</param>
/// <param name="Address">Where it takes SIP, <c>host:port</c>.</param>
internal sealed record SharedNode(string NodeId, string Address)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SharedNodeJson.Default.SharedNode);

    /// <summary>Null for anything that is no node.</summary>
    public static SharedNode? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SharedNodeJson.Default.SharedNode) is { NodeId: { Length: > 0 and <= 64 }, Address: not null } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SharedNode))]
internal sealed partial class SharedNodeJson : JsonSerializerContext;
