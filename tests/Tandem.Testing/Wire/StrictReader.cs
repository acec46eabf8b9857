using System.Text;

namespace Tandem.Testing.Wire;

/// <summary>A message as a strict reader of RFC 3261 §7 and §25 sees it: names long and in small letters, runs of blanks as one.</summary>
public sealed record StrictMessage(string Start, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body);

/// <summary>
/// A second reader of the message format, written apart from the parser and sharing nothing with it: it cuts lines first and judges them then. Where it
/// and the parser differ, two hops could read two messages.
/// </summary>
public static class StrictReader
{
    private static readonly Dictionary<string, string> Compact = new(StringComparer.Ordinal)
    {
        ["i"] = "call-id",
        ["m"] = "contact",
        ["e"] = "content-encoding",
        ["l"] = "content-length",
        ["c"] = "content-type",
        ["f"] = "from",
        ["s"] = "subject",
        ["k"] = "supported",
        ["t"] = "to",
        ["v"] = "via",
        ["o"] = "event",
        ["u"] = "allow-events",
        ["r"] = "refer-to",
        ["b"] = "referred-by",
        ["x"] = "session-expires",
        ["a"] = "accept-contact",
        ["j"] = "reject-contact",
        ["d"] = "request-disposition",
        ["y"] = "identity",
        ["n"] = "identity-info",
    };

    private static readonly HashSet<string> Single = new(StringComparer.Ordinal)
    {
        "from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type", "expires", "event", "rack", "rseq", "session-expires", "min-se", "refer-to", "replaces",
    };

    /// <summary>Reads a datagram; null, and why, when it is not one message and nothing else.</summary>
    public static StrictMessage? Read(byte[] datagram, out string why)
    {
        var text = Encoding.Latin1.GetString(datagram);
        while (text.StartsWith("\r\n", StringComparison.Ordinal))
            text = text[2..];

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            why = "no empty line";
            return null;
        }

        var head = text[..end];
        if (head.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            why = "a bare CR or LF";
            return null;
        }

        var lines = head.Split("\r\n");
        var headers = new List<(string Name, string Value)>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i][0] is ' ' or '\t')
            {
                if (headers.Count == 0)
                {
                    why = "a folded start line";
                    return null;
                }

                headers[^1] = (headers[^1].Name, headers[^1].Value + " " + lines[i]);
                continue;
            }

            var colon = lines[i].IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? "" : lines[i][..colon].TrimEnd(' ', '\t').ToLowerInvariant();
            if (name.Length == 0 || !name.All(IsToken))
            {
                why = $"'{lines[i]}' is no header";
                return null;
            }

            headers.Add((Compact.GetValueOrDefault(name, name), lines[i][(colon + 1)..]));
        }

        var clean = headers.Select(h => (h.Name, Squeeze(h.Value))).ToList();
        var twice = clean.GroupBy(h => h.Name).FirstOrDefault(g => g.Count() > 1 && Single.Contains(g.Key));
        if (twice is not null)
        {
            why = twice.Key + " twice";
            return null;
        }

        return ReadBody(lines[0], clean, text[(end + 4)..], out why);
    }

    /// <summary>The long form of a name in small letters.</summary>
    public static string LongName(string name) => Compact.GetValueOrDefault(name, name);

    /// <summary>Trims blanks and makes one of several.</summary>
    public static string Squeeze(string value) => string.Join(' ', value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static StrictMessage? ReadBody(string start, List<(string Name, string Value)> headers, string rest, out string why)
    {
        why = "";
        var length = headers.FirstOrDefault(h => h.Name == "content-length").Value;
        if (length is null)
            return new StrictMessage(start, headers, Encoding.Latin1.GetBytes(rest));

        if (length.Length == 0 || !length.All(char.IsAsciiDigit) || !long.TryParse(length, out var count) || count > rest.Length)
        {
            why = "Content-Length " + length;
            return null;
        }

        return new StrictMessage(start, headers, Encoding.Latin1.GetBytes(rest[..(int)count]));
    }

    private static bool IsToken(char c) => char.IsAsciiLetterOrDigit(c) || "-.!%*_+`'~".Contains(c, StringComparison.Ordinal);
}
