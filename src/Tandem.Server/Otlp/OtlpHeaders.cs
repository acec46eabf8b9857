namespace Tandem.Server.Otlp;

/// <summary>The format of <c>OTEL_EXPORTER_OTLP_HEADERS</c>: <c>name=value,name=value</c>, values percent-encoded where they need it (W3C Baggage).</summary>
public static class OtlpHeaders
{
    /// <summary>Reads them; false when the text is not of that form.</summary>
    public static bool TryParse(string text, out IReadOnlyList<(string Name, string Value)> headers)
    {
        var list = new List<(string, string)>();
        headers = list;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            if (equals <= 0)
                return false;

            var (name, value) = (part[..equals].Trim(), Uri.UnescapeDataString(part[(equals + 1)..].Trim()));
            if (!name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || value.Any(static c => c is < ' ' or > '~'))
                return false;

            list.Add((name, value));
        }

        return true;
    }
}
