using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Voicemail;

namespace Tandem.Cluster.Limits;

/// <summary>What a node says on the channel when a PIN was typed at it. Never the PIN, nor whether it was right but by what is taken back.</summary>
/// <param name="PinOf">Its name.</param>
/// <param name="Kind">Whose PIN it is.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Name">The mailbox, the room, or the number of the supervisor.</param>
/// <param name="Change">What it does to the count.</param>
internal sealed record SharedPin(string PinOf, PinKind Kind, string Tenant, string Name, PinChange Change)
{
    private const int LongestName = 128;

    // Told apart by its beginning, as what nodes use of limits is.
    private static ReadOnlySpan<byte> Beginning => "{\"pinOf\":"u8;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SharedPinJson.Default.SharedPin);

    public static bool Is(ReadOnlySpan<byte> json) => json.StartsWith(Beginning);

    /// <summary>Null for anything that cannot be meant, and for a kind or a change that a later version knows.</summary>
    public static SharedPin? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SharedPinJson.Default.SharedPin) is
            {
                PinOf: { Length: > 0 and <= 64 },
                Tenant: { Length: > 0 and <= LongestName },
                Name: { Length: > 0 and <= LongestName },
            } pin && Enum.IsDefined(pin.Kind) && Enum.IsDefined(pin.Change) ? pin : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SharedPin))]
internal sealed partial class SharedPinJson : JsonSerializerContext;
