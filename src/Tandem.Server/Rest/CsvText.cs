using System.Buffers;
using System.Text;

namespace Tandem.Server.Rest;

/// <summary>
/// Lines of CSV (RFC 4180). A field that a spreadsheet would take for a formula gets an apostrophe in front: what strangers wrote into a
/// display name must not run on the desk of whoever opens the file.
/// </summary>
internal static class CsvText
{
    private const string Formula = "=+-@\t\r";

    private static readonly SearchValues<char> Special = SearchValues.Create("\",\r\n");

    /// <summary>Appends a line with its end.</summary>
    public static void AppendLine(StringBuilder text, params ReadOnlySpan<string?> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                text.Append(',');
            Append(text, fields[i] ?? "");
        }

        text.Append("\r\n");
    }

    private static void Append(StringBuilder text, string field)
    {
        var isFormula = field.Length > 0 && Formula.Contains(field[0]);
        if (!field.AsSpan().ContainsAny(Special))
        {
            text.Append(isFormula ? "'" : "").Append(field);
            return;
        }

        text.Append('"').Append(isFormula ? "'" : "").Append(field.Replace("\"", "\"\"")).Append('"');
    }
}
