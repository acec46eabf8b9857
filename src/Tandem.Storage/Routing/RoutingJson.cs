using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;

namespace Tandem.Storage.Routing;

/// <summary>Documents and features as JSON, in the database.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RoutingDocument))]
[JsonSerializable(typeof(ExtensionFeatures))]
internal sealed partial class RoutingJson : JsonSerializerContext
{
    /// <summary>A stored document; null when another version of this program wrote what this one cannot read.</summary>
    public static RoutingDocument? Document(string body) => Read(body, Default.RoutingDocument)?.Normalized();

    /// <summary>Stored features; null when there are none, or none that can be read.</summary>
    public static ExtensionFeatures? Features(string body) => Read(body, Default.ExtensionFeatures) is { } features && features.Problem() is null ? features : null;

    private static T? Read<T>(string body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        if (body.Length == 0)
            return null;

        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
