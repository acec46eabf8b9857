using System.Text.Json.Nodes;

namespace Tandem.Server.Docs;

/// <summary>
/// Completes the description of the API: every answer and body in JSON has an example, made of its schema, and every route says how it refuses: 400 and 429
/// anywhere, 401 and 403 where somebody must have signed in.
/// </summary>
internal static class OpenApiExamples
{
    private const int Deepest = 8;

    private static readonly (string Status, string Text, string Code, string Error)[] Refusals =
    [
        ("400", "The request cannot be understood; the text names the field and what is accepted", "BAD_REQUEST", "limit must be 1 to 500"),
        ("401", "Nobody has signed in, and there is no valid token", "UNAUTHORIZED", "Authentication required"),
        ("403", "A permission is missing, which the text names", "FORBIDDEN", "The permission calls:read is needed"),
        ("429", "Too many requests from this address; Retry-After says when to come again", "RATE_LIMITED", "Too many requests from this IP, please try again later."),
    ];

    /// <summary>Completes the document.</summary>
    public static void Complete(JsonObject document)
    {
        document["components"]!["securitySchemes"] = new JsonObject
        {
            ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API token" },
            ["session"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = "tandem_session", ["description"] = "The cookie of a session" },
        };
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var (_, operation) in item!.AsObject())
                Complete(document, path, operation!.AsObject());
        }
    }

    private static void Complete(JsonObject document, string path, JsonObject operation)
    {
        var responses = operation["responses"] as JsonObject ?? [];
        operation["responses"] = responses;
        var isApi = path.StartsWith("/api/", StringComparison.Ordinal);
        foreach (var (status, text, code, error) in Refusals)
        {
            if (!isApi || responses.ContainsKey(status))
                continue;

            responses[status] = new JsonObject
            {
                ["description"] = text,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["example"] = Refusal(path, code, error) } },
            };
        }

        foreach (var (status, response) in responses)
        {
            if (response is JsonObject answer)
                Exemplify(document, answer["content"] as JsonObject, status, path);
        }

        if (operation["requestBody"] is JsonObject body)
            Exemplify(document, body["content"] as JsonObject, "", path);
    }

    private static void Exemplify(JsonObject document, JsonObject? content, string status, string path)
    {
        if (content is null)
            return;

        foreach (var (type, media) in content)
        {
            if (media is not JsonObject shape || shape.ContainsKey("example"))
                continue;

            if (!type.StartsWith("application/json", StringComparison.Ordinal))
                shape["example"] = type.StartsWith("text/", StringComparison.Ordinal) ? "text" : null;
            else if (status is ['4' or '5', ..])
                shape["example"] = Refusals.FirstOrDefault(r => r.Status == status) is { Code: { } code } known ? Refusal(path, code, known.Error) : Refusal(path, "NOT_FOUND", "Not found");
            else
                shape["example"] = Of(document, shape["schema"], 0);
        }
    }

    private static JsonObject Refusal(string path, string code, string error) =>
        path.StartsWith("/api/v1", StringComparison.Ordinal) ? new JsonObject { ["success"] = false, ["error"] = error, ["code"] = code } : new JsonObject { ["error"] = error };

    private static JsonNode? Of(JsonObject document, JsonNode? schema, int depth, string name = "")
    {
        if (schema is not JsonObject shape || depth > Deepest)
            return null;
        if (shape["$ref"]?.GetValue<string>() is { } reference)
            return Of(document, Find(document, reference), depth + 1, name);
        if (shape["enum"] is JsonArray { Count: > 0 } words)
            return words[0]?.DeepClone();
        if ((shape["oneOf"] ?? shape["anyOf"] ?? shape["allOf"]) is JsonArray choices)
            return Of(document, choices.FirstOrDefault(choice => (string?)choice?["type"] != "null"), depth + 1, name);

        return TypeOf(shape) switch
        {
            "object" => Object(document, shape, depth),
            "array" => Of(document, shape["items"], depth + 1) is { } item ? new JsonArray(item) : [],
            "integer" => 1,
            "number" => 1.5,
            "boolean" => true,
            "string" => Text(shape, name),
            _ => shape["properties"] is null ? null : Object(document, shape, depth),
        };
    }

    private static JsonObject Object(JsonObject document, JsonObject shape, int depth)
    {
        var example = new JsonObject();
        foreach (var (name, property) in shape["properties"] as JsonObject ?? [])
            example[name] = Of(document, property, depth + 1, name);
        return example;
    }

    private static string Text(JsonObject shape, string name) => (shape["format"]?.GetValue<string>(), name) switch
    {
        ("date-time", _) => "2026-11-21T12:00:00.000Z",
        ("uuid", _) => "01234567-89ab-4def-8123-456789abcdef",
        ("uri", _) => "https://desk.example.org/hook",
        (_, "phoneNumber") => "+79001234567",
        (_, "direction") => "incoming",
        (_, "id" or "callId") => "01JD2M0Q6Y3V8W4X5Z6A7B8C9D",
        (_, "number") => "100",
        _ => name.Length == 0 ? "text" : name,
    };

    // OpenAPI 3.1: a type may be a list, with null in it.
    private static string? TypeOf(JsonObject shape) => shape["type"] switch
    {
        JsonArray types => types.Select(type => type!.GetValue<string>()).FirstOrDefault(type => type is not "null" and not "string") ?? "string",
        JsonValue type => type.GetValue<string>(),
        _ => null,
    };

    private static JsonNode? Find(JsonObject document, string reference)
    {
        JsonNode? node = document;
        foreach (var part in reference.TrimStart('#', '/').Split('/'))
            node = node?[part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
        return node;
    }
}
