using System.Text;

namespace Tandem.Testing.Phones;

/// <summary>
/// A SIP message as a test reads it: text, split by the plainest rules. It shares no code with the parser of Tandem.Sip, so a
/// fault there cannot hide itself.
/// </summary>
public sealed class WireMessage
{
    private readonly List<(string Name, string Value)> _headers = [];

    private WireMessage(string startLine, string body)
    {
        StartLine = startLine;
        Body = body;
    }

    public string StartLine { get; }

    public string Body { get; }

    public bool IsRequest => !StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);

    /// <summary>The method of the request line, or of CSeq in a response.</summary>
    public string Method => IsRequest ? StartLine.Split(' ')[0] : this["CSeq"].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

    public string RequestUri => IsRequest ? StartLine.Split(' ')[1] : "";

    public int Status => IsRequest ? 0 : int.Parse(StartLine.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public int CSeq => int.Parse(this["CSeq"].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    public string CallId => this["Call-ID"];

    public string FromTag => Tag(this["From"]);

    public string ToTag => Tag(this["To"]);

    /// <summary>The URI in the brackets of Contact, or the bare one.</summary>
    public string ContactUri => UriOf(this["Contact"]);

    public IReadOnlyList<(string Name, string Value)> Headers => _headers;

    /// <summary>The value of the first header with that name; empty when there is none.</summary>
    public string this[string name]
    {
        get
        {
            foreach (var (header, value) in _headers)
            {
                if (header.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return value;
            }

            return "";
        }
    }

    public bool Has(string name) => _headers.Exists(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<string> All(string name) =>
        _headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value);

    /// <summary>True when a comma list of that name has <paramref name="token"/>.</summary>
    public bool Lists(string name, string token) =>
        All(name).SelectMany(v => v.Split(',')).Any(v => v.Trim().Equals(token, StringComparison.OrdinalIgnoreCase));

    public static WireMessage Parse(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            throw new FormatException("no empty line: " + text);

        var lines = text[..end].Split("\r\n");
        var message = new WireMessage(lines[0], text[(end + 4)..]);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new FormatException("not a header: " + line);

            message._headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
        }

        var length = message["Content-Length"];
        if (length.Length > 0 && int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) != Encoding.UTF8.GetByteCount(message.Body))
            throw new FormatException("Content-Length is wrong: " + text);

        return message;
    }

    public static string UriOf(string value)
    {
        var open = value.IndexOf('<', StringComparison.Ordinal);
        return open < 0 ? value.Split(';')[0].Trim() : value[(open + 1)..value.IndexOf('>', open)];
    }

    private static string Tag(string value)
    {
        var at = value.IndexOf(";tag=", StringComparison.Ordinal);
        return at < 0 ? "" : value[(at + 5)..].Split(';')[0].Trim();
    }

    public override string ToString() => StartLine + "\r\n" + string.Join("\r\n", _headers.Select(h => h.Name + ": " + h.Value)) + "\r\n\r\n" + Body;
}
