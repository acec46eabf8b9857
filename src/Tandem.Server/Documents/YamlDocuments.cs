using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tandem.Server.Documents;

/// <summary>
/// Reads YAML as JSON: one document of maps, lists and scalars. Words without quotes are true, false, null and numbers where JSON has them, and texts otherwise. Anchors and aliases are refused:
/// they make a small document large. It is read event by event, so no depth of it reaches the stack.
/// </summary>
public static partial class YamlDocuments
{
    private const int MaxDepth = 16;

    /// <summary>The document as JSON; null, and <paramref name="problem"/> with the line, when it cannot be.</summary>
    public static byte[]? ToJson(string yaml, out string problem)
    {
        try
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                if (!TryWrite(new Parser(new StringReader(yaml)), json, out problem))
                    return null;
            }

            return buffer.ToArray();
        }
        catch (YamlException e)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"line {e.Start.Line}: {(e.InnerException ?? e).Message}");
            return null;
        }
        catch (InvalidOperationException)
        {
            problem = "it is no document"; // of several documents, or a key that is none
            return null;
        }
    }

    private static bool TryWrite(Parser parser, Utf8JsonWriter json, out string problem)
    {
        // True for a map that waits for a key.
        var open = new Stack<(bool IsMap, bool WantsKey)>();
        var documents = 0;
        problem = "";
        while (parser.MoveNext())
        {
            var current = parser.Current!;
            if (current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            {
                problem = At(current, "anchors and aliases are not read");
                return false;
            }

            switch (current)
            {
                case DocumentStart when ++documents > 1:
                    problem = At(current, "one document is expected");
                    return false;
                case MappingStart or SequenceStart when open.TryPeek(out var around) && around is { IsMap: true, WantsKey: true }:
                    problem = At(current, "a key is a text");
                    return false;
                case MappingStart or SequenceStart when open.Count >= MaxDepth:
                    problem = At(current, $"at most {MaxDepth} levels are read");
                    return false;
                case MappingStart:
                    Turn(open);
                    json.WriteStartObject();
                    open.Push((true, true));
                    break;
                case SequenceStart:
                    Turn(open);
                    json.WriteStartArray();
                    open.Push((false, false));
                    break;
                case MappingEnd:
                    json.WriteEndObject();
                    open.Pop();
                    break;
                case SequenceEnd:
                    json.WriteEndArray();
                    open.Pop();
                    break;
                case Scalar scalar when open.TryPeek(out var map) && map is { IsMap: true, WantsKey: true }:
                    json.WritePropertyName(scalar.Value);
                    Turn(open);
                    break;
                case Scalar scalar:
                    Turn(open);
                    Write(json, scalar);
                    break;
                default:
                    break;
            }
        }

        if (documents == 1)
            return true;

        problem = "a document is expected";
        return false;
    }

    // In a map a value comes after its key, and a key after its value.
    private static void Turn(Stack<(bool IsMap, bool WantsKey)> open)
    {
        if (open.TryPop(out var top))
            open.Push(top.IsMap ? (true, !top.WantsKey) : top);
    }

    private static void Write(Utf8JsonWriter json, Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
            json.WriteStringValue(text);
        else if (text is "" or "~" or "null")
            json.WriteNullValue();
        else if (text is "true" or "false")
            json.WriteBooleanValue(text == "true");
        else if (JsonNumber().IsMatch(text))
            json.WriteRawValue(text);
        else
            json.WriteStringValue(text);
    }

    private static string At(ParsingEvent where, string what) => string.Create(CultureInfo.InvariantCulture, $"line {where.Start.Line}: {what}");

    // RFC 8259 §6; a number that begins with a zero is one that is dialled.
    [GeneratedRegex(@"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}
