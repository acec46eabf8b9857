using System.Text.Json;

namespace Tandem.Server.Options;

/// <summary>
/// Reads appsettings.json: settings stand under their names at the top level or in an object <c>Tandem</c>. Other objects
/// are not ours and are passed over.
/// </summary>
public static class JsonSettingsFile
{
    private static readonly JsonDocumentOptions Relaxed = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 16 };

    /// <summary>Parses <paramref name="text"/>; what cannot be read goes to <paramref name="errors"/>.</summary>
    public static IReadOnlyList<SettingInput> Parse(string text, string fileName, ICollection<string> errors)
    {
        var inputs = new List<SettingInput>();
        try
        {
            using var document = JsonDocument.Parse(text, Relaxed);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                errors.Add($"{fileName} is not accepted: one JSON object");
                return inputs;
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals("Tandem") && property.Value.ValueKind == JsonValueKind.Object)
                {
                    foreach (var inner in property.Value.EnumerateObject())
                        Add(inner, fileName, inputs, errors);
                }
                else if (property.Value.ValueKind != JsonValueKind.Object)
                {
                    Add(property, fileName, inputs, errors);
                }
            }
        }
        catch (JsonException e)
        {
            errors.Add($"{fileName} line {e.LineNumber + 1} is not accepted: JSON");
        }

        return inputs;
    }

    private static void Add(JsonProperty property, string fileName, List<SettingInput> inputs, ICollection<string> errors)
    {
        var text = property.Value.ValueKind switch
        {
            JsonValueKind.String => property.Value.GetString(),
            JsonValueKind.Number => property.Value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Null => "",
            JsonValueKind.Array => string.Join(',', property.Value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString() : e.GetRawText())),
            _ => null,
        };
        if (text is null)
            errors.Add($"{property.Name} in {fileName} is not accepted: a text, number, true, false or list");
        else
            inputs.Add(new SettingInput(property.Name, text, fileName));
    }
}
