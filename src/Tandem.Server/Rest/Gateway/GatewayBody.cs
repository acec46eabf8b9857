using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tandem.Server.Rest.Gateway;

/// <summary>
/// Reads a JSON body as document 3's validators do: only known fields, each of its type, and the first fault is told in their words:
/// the beginning of the text says which part of the request it is about, the rest names the field and what is accepted.
/// </summary>
internal sealed partial class GatewayBody
{
    /// <summary>How a fault of the body begins.</summary>
    public const string InBody = "Ошибка валидации";

    /// <summary>How a fault of the query begins.</summary>
    public const string InQuery = "Ошибка валидации запроса";

    /// <summary>How a fault of the path begins.</summary>
    public const string InPath = "Ошибка валидации параметров";

    private const int LongestText = 100_000;

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    private GatewayBody()
    {
    }

    /// <summary>What is wrong, in the words for people; null while nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Reads the body of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="known">The fields that it may have.</param>
    public static async Task<GatewayBody> ReadAsync(HttpContext context, params string[] known)
    {
        var body = new GatewayBody();
        if (!context.Request.HasJsonContentType())
        {
            body.Fail("the Content-Type must be application/json");
            return body;
        }

        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 16 }, context.RequestAborted);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                body.Fail("the body must be an object");
                return body;
            }

            foreach (var field in json.RootElement.EnumerateObject())
            {
                if (!known.Contains(field.Name))
                    body.Fail($"\"{Shown(field.Name)}\" is not allowed; known are {string.Join(", ", known)}");
                body._fields[field.Name] = field.Value.Clone();
            }
        }
        catch (JsonException)
        {
            body.Fail("the body must be JSON");
        }

        return body;
    }

    /// <summary>A text; null when it is absent and need not be there.</summary>
    public string? Text(string name, bool required = false)
    {
        if (!Has(name, required, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= LongestText } text)
            return text;

        Fail($"\"{name}\" must be a string of at most {LongestText} characters");
        return null;
    }

    /// <summary>One of these words.</summary>
    public string? Word(string name, bool required, params string[] words)
    {
        if (!Has(name, required, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && words.Contains(value.GetString()))
            return value.GetString();

        Fail($"\"{name}\" must be one of [{string.Join(", ", words)}]");
        return null;
    }

    /// <summary>A UUID, in lower case.</summary>
    public string? Uuid(string name, bool required = false)
    {
        if (!Has(name, required, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && TryUuid(value.GetString(), out var id))
            return id;

        Fail($"\"{name}\" must be a valid GUID");
        return null;
    }

    /// <summary>A telephone number.</summary>
    public string? PhoneNumber(string name)
    {
        if (!Has(name, true, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && NumberPattern().IsMatch(value.GetString()!))
            return value.GetString();

        Fail($"\"{name}\" must match the pattern ^\\+?[1-9]\\d{{1,14}}$");
        return null;
    }

    /// <summary>A whole number that is not negative.</summary>
    public long? Count(string name, bool required = false)
    {
        if (!Has(name, required, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number is >= 0 and <= int.MaxValue)
            return number;

        Fail($"\"{name}\" must be an integer from 0 to {int.MaxValue}");
        return null;
    }

    /// <summary>A number from 0 to 1.</summary>
    public double? Share(string name)
    {
        if (!Has(name, false, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is >= 0 and <= 1)
            return number;

        Fail($"\"{name}\" must be a number from 0 to 1");
        return null;
    }

    /// <summary>An address of the web.</summary>
    public string? Address(string name)
    {
        if (!Has(name, false, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out _))
            return value.GetString();

        Fail($"\"{name}\" must be a valid uri");
        return null;
    }

    /// <summary>True for a UUID in the usual form; <paramref name="id"/> is it in lower case.</summary>
    public static bool TryUuid(string? text, out string id)
    {
        var isUuid = Guid.TryParseExact(text, "D", out var uuid);
        id = isUuid ? uuid.ToString() : "";
        return isUuid;
    }

    private bool Has(string name, bool required, out JsonElement value)
    {
        if (_fields.TryGetValue(name, out value))
            return true;
        if (required)
            Fail($"\"{name}\" is required");
        return false;
    }

    private void Fail(string text) => Fault ??= $"{InBody}: {text}";

    private static string Shown(string name) => new([.. name.Take(40).Select(c => char.IsControl(c) || c == '"' ? '.' : c)]);

    [GeneratedRegex(@"^\+?[1-9][0-9]{1,14}\z")]
    private static partial Regex NumberPattern();
}
