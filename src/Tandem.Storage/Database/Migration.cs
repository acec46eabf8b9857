using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tandem.Storage.Database;

/// <summary>One numbered SQL file.</summary>
/// <param name="Version">1, 2, 3 …</param>
/// <param name="Name">What it does, from the file name.</param>
/// <param name="Dialect">Null for both databases, else <c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Sql">Statements, separated by semicolons.</param>
internal sealed partial record Migration(int Version, string Name, string? Dialect, string Sql)
{
    /// <summary>All files under Migrations/, in order.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = ReadEmbedded();

    /// <summary>SHA-256 of the text, so that a file that was changed after it ran is noticed.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>
    /// Its statements run one by one outside a transaction while others write (first line <c>-- online</c>, PostgreSQL only): an index of a big table.
    /// No later file may need what it makes, and each statement can be repeated.
    /// </summary>
    public bool IsOnline { get; } = Sql.StartsWith("-- online", StringComparison.Ordinal);

    /// <summary>The statements of an online file.</summary>
    public IEnumerable<string> Statements => Sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The text for a database that has no tables yet, and so nobody to wait for.</summary>
    public string SqlForNew => IsOnline ? Sql.Replace(" CONCURRENTLY", "", StringComparison.Ordinal) : Sql;

    [GeneratedRegex(@"\.(?<version>\d{4})_(?<name>[a-z0-9_]+)(\.(?<dialect>sqlite|postgres))?\.sql$")]
    private static partial Regex FileName { get; }

    private static List<Migration> ReadEmbedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var found = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (FileName.Match(resource) is not { Success: true } match)
                continue;

            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            var dialect = match.Groups["dialect"] is { Success: true } group ? group.Value : null;
            var version = int.Parse(match.Groups["version"].Value, System.Globalization.CultureInfo.InvariantCulture);
            found.Add(new Migration(version, match.Groups["name"].Value, dialect, reader.ReadToEnd()));
        }

        return [.. found.OrderBy(m => m.Version)];
    }
}
