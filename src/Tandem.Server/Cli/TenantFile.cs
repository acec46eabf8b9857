using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Server.Documents;
using YamlDotNet.Serialization;

namespace Tandem.Server.Cli;

/// <summary>
/// How the calls of a tenant go, as a file that people read, keep under version control and bring to another installation: YAML with the members of the API.
/// </summary>
public sealed record TenantFile
{
    /// <summary>The longest file that is read, characters.</summary>
    public const int MostCharacters = 4_000_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new DialledText() },
    };

    /// <summary>Rules, ring groups, calendars and number format.</summary>
    public RoutingDocument Routing { get; set; } = new();

    /// <summary>What extensions have set, by number.</summary>
    public Dictionary<string, ExtensionFeatures> Extensions { get; set; } = [];

    /// <summary>The file as text; the same content is the same text. Every member is written that is not null, for what is left out has its default.</summary>
    public string Write()
    {
        var ordered = this with { Extensions = Extensions.OrderBy(one => one.Key.Length).ThenBy(one => one.Key, StringComparer.Ordinal).ToDictionary() };
        var serializer = new SerializerBuilder().DisableAliases().WithQuotingNecessaryStrings().Build();
        return serializer.Serialize(Plain(JsonSerializer.SerializeToNode(ordered, Json))!).ReplaceLineEndings("\n");
    }

    /// <summary>Reads a file; null, and why, when it cannot be understood. A member that is not known is not overlooked.</summary>
    public static (TenantFile? File, string Problem) Read(string text)
    {
        if (text.Length > MostCharacters)
            return (null, $"the file is longer than {MostCharacters} characters");
        if (YamlDocuments.ToJson(text, out var problem) is not { } json)
            return (null, problem);

        try
        {
            var file = JsonSerializer.Deserialize<TenantFile?>(json, Json) ?? new TenantFile();
            foreach (var (number, features) in file.Extensions ?? [])
            {
                if (features is null || features.FollowMe is null || features.Problem() is not null)
                    return (null, $"extensions[{number}]: {features?.Problem() ?? "nothing stands there"}");
            }

            return (file with { Routing = (file.Routing ?? new RoutingDocument()).Normalized(), Extensions = file.Extensions ?? [] }, "");
        }
        catch (JsonException e)
        {
            return (null, $"{e.Path?.TrimStart('$', '.')}: {e.Message}");
        }
    }

    /// <summary>Line by line what is only in one of two texts: <c>-</c> before, <c>+</c> after, with the line before each change for the place.</summary>
    public static IReadOnlyList<string> Difference(string before, string after)
    {
        var (a, b) = (before.Split('\n'), after.Split('\n'));
        var start = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start])
            start++;
        var end = 0;
        while (end < a.Length - start && end < b.Length - start && a[^(end + 1)] == b[^(end + 1)])
            end++;

        var lines = new List<string>();
        var (left, right) = (a[start..^end], b[start..^end]);
        if (left.Length == 0 && right.Length == 0)
            return lines;
        if (start > 0)
            lines.Add("  " + a[start - 1]);
        Compare(left, right, lines);
        return lines;
    }

    // The longest common part, for as much as fits into memory; of more everything is shown as changed.
    private static void Compare(string[] left, string[] right, List<string> lines)
    {
        const int Most = 3_000;
        if (left.Length > Most || right.Length > Most)
        {
            lines.AddRange(left.Select(line => "- " + line));
            lines.AddRange(right.Select(line => "+ " + line));
            return;
        }

        var common = new int[left.Length + 1, right.Length + 1];
        for (var i = left.Length - 1; i >= 0; i--)
        {
            for (var j = right.Length - 1; j >= 0; j--)
                common[i, j] = left[i] == right[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        var (x, y) = (0, 0);
        string? place = null;
        while (x < left.Length || y < right.Length)
        {
            if (x < left.Length && y < right.Length && left[x] == right[y])
            {
                place = left[x];
                x++;
                y++;
                continue;
            }

            if (place is not null)
                lines.Add("  " + place);
            place = null;
            if (y >= right.Length || (x < left.Length && common[x + 1, y] >= common[x, y + 1]))
                lines.Add("- " + left[x++]);
            else
                lines.Add("+ " + right[y++]);
        }
    }

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject map => map.ToDictionary(one => (object)one.Key, one => Plain(one.Value)),
        JsonArray list => list.Select(Plain).ToList(),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.GetValue<int>(),
        JsonValue value => value.GetValue<bool>(),
        _ => null,
    };

    // Who writes 100 without quotes means the number that is dialled.
    private sealed class DialledText : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan) : reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
