using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Limits;

namespace Tandem.Cluster.Limits;

/// <summary>What a node says on the channel of its use of limits, each interval anew: some of it, for a message has a bound.</summary>
/// <param name="UseOf">Its name.</param>
/// <param name="Uses">Whose figures changed, and which still hold.</param>
internal sealed record SharedUse(string UseOf, IReadOnlyList<ToldUse> Uses)
{
    /// <summary>Figures that were left out because nothing can be made of them.</summary>
    [JsonIgnore]
    public int Skipped { get; init; }

    /// <summary>Figures of one message: about 100 kB.</summary>
    public const int Portion = 500;

    private const int LongestName = 128;

    // Told apart by its beginning: what is told each second is not read as everything else first.
    private static ReadOnlySpan<byte> Beginning => "{\"useOf\":"u8;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SharedUseJson.Default.SharedUse);

    public static bool Is(ReadOnlySpan<byte> json) => json.StartsWith(Beginning);

    /// <summary>Null for anything that cannot be meant. A figure that cannot, or is of a kind that a later version knows, is left out alone.</summary>
    public static SharedUse? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SharedUseJson.Default.AnyUse) is { UseOf: { Length: > 0 and <= 64 } node, Uses: { Count: <= Portion } uses } ? Sound(node, uses) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SharedUse Sound(string node, List<JsonElement> uses)
    {
        var sound = new List<ToldUse>(uses.Count);
        foreach (var use in uses)
        {
            if (ReadOne(use) is { } told && IsSound(told))
                sound.Add(told);
        }

        return new SharedUse(node, sound) { Skipped = uses.Count - sound.Count };
    }

    private static ToldUse? ReadOne(JsonElement use)
    {
        try
        {
            return use.Deserialize(SharedUseJson.Default.ToldUse);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsSound(ToldUse told) => told is
    {
        Key: { Tenant: { Length: <= LongestName }, Profile: { Length: <= LongestName } },
        Use: { Calls: >= 0, Asked: >= 0, InLastMinute: >= 0, RefusedInLastMinute: >= 0 },
        Toll: null or { Spent: >= 0, Block: null or { Text.Length: <= 1_000 } },
    } && Enum.IsDefined(told.Key.Kind) && (told.Toll?.Block is not { } block || Enum.IsDefined(block.Rule));

    /// <summary>The message before its figures are looked at.</summary>
    internal sealed record AnyUse(string UseOf, List<JsonElement> Uses);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SharedUse))]
[JsonSerializable(typeof(SharedUse.AnyUse))]
[JsonSerializable(typeof(ToldUse))]
internal sealed partial class SharedUseJson : JsonSerializerContext;
