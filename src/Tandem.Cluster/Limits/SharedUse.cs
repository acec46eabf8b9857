using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Limits;

namespace Tandem.Cluster.Limits;

/// <summary>What a node says on the channel of its use of limits, each interval anew: some of it, for a message has a bound.</summary>
/// <param name="UseOf">Its name.</param>
/// <param name="Uses">Whose figures changed, and which still hold.</param>
internal sealed record SharedUse(string UseOf, IReadOnlyList<ToldUse> Uses)
{
    /// <summary>Figures of one message: about 100 kB.</summary>
    public const int Portion = 500;

    private const int LongestName = 128;

    // Told apart by its beginning: what is told each second is not read as everything else first.
    private static ReadOnlySpan<byte> Beginning => "{\"useOf\":"u8;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SharedUseJson.Default.SharedUse);

    public static bool Is(ReadOnlySpan<byte> json) => json.StartsWith(Beginning);

    /// <summary>Null for anything that cannot be meant.</summary>
    public static SharedUse? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SharedUseJson.Default.SharedUse) is { UseOf: { Length: > 0 and <= 64 }, Uses: { Count: <= Portion } uses } read && uses.All(IsSound) ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsSound(ToldUse? told) => told is
    {
        Key: { Tenant: { Length: <= LongestName }, Profile: { Length: <= LongestName } },
        Use: { Calls: >= 0, Asked: >= 0, InLastMinute: >= 0, RefusedInLastMinute: >= 0 },
        Toll: null or { Spent: >= 0, Block: null or { Text.Length: <= 1_000 } },
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SharedUse))]
internal sealed partial class SharedUseJson : JsonSerializerContext;
