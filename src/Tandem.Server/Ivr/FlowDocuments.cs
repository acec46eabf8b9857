using System.Text;
using System.Text.Json;
using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;
using Tandem.Server.Documents;

namespace Tandem.Server.Ivr;

/// <summary>Flows as people write them: JSON or YAML.</summary>
internal static class FlowDocuments
{
    /// <summary>A document that was read.</summary>
    /// <param name="Flow">The flow; null when there are problems.</param>
    /// <param name="Json">The document as JSON; empty when it is none.</param>
    /// <param name="Source">The YAML that it was written in; empty for JSON.</param>
    /// <param name="Problems">What is wrong with it.</param>
    public sealed record Read(IvrFlow? Flow, string Json, string Source, IReadOnlyList<FieldProblem> Problems);

    /// <summary>Reads a text. What begins like JSON is JSON.</summary>
    public static Read From(string id, string text, IvrOptions options)
    {
        if (Encoding.UTF8.GetByteCount(text) > options.MaxDocumentBytes)
            return new Read(null, "", "", [new FieldProblem("document", $"at most {options.MaxDocumentBytes} bytes are accepted")]);

        var isJson = text.AsSpan().TrimStart() is ['{', ..];
        var problem = "";
        var json = isJson ? Encoding.UTF8.GetBytes(text) : YamlDocuments.ToJson(text, out problem);
        if (json is null)
            return new Read(null, "", "", [new FieldProblem("document", problem)]);

        var (flow, problems) = IvrFlowReader.Read(id, json, options);
        return new Read(flow, flow is null ? "" : Compact(json), isJson ? "" : text, problems);
    }

    private static string Compact(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }
}
