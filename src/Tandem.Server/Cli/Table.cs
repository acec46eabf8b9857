using Tandem.Server.Logging;

namespace Tandem.Server.Cli;

/// <summary>Prints rows in columns, without control characters.</summary>
public static class Table
{
    public static void Write(TextWriter output, string[] head, IEnumerable<string[]> rows)
    {
        var all = rows.Select(r => Array.ConvertAll(r, cell => LogSafe.OneLine(cell, 200))).Prepend(head).ToList();
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
