using System.Text.RegularExpressions;

namespace Tandem.Architecture.Tests;

/// <summary>docs/rfc.md says which section is where and which test holds it; what it names must exist.</summary>
public partial class RfcTableTests
{
    [Fact]
    public void Every_file_that_the_rfc_table_names_exists()
    {
        if (!File.Exists(Path.Combine(Repository.Root, "docs/rfc.md")))
            Assert.Fail("docs/rfc.md is missing");

        var known = Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs")).Select(p => Path.GetFileName(p)!).ToHashSet();
        var missing = FileName().Matches(Repository.Read("docs/rfc.md")).Select(m => m.Groups[1].Value).Distinct().Where(name => !known.Contains(name));
        Assert.Empty(missing);
    }

    [GeneratedRegex(@"\b([A-Z][A-Za-z0-9]*(?:\.[A-Z][A-Za-z0-9]*)*\.cs)\b")]
    private static partial Regex FileName();
}
