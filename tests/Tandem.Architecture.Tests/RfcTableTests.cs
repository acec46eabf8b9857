using System.Text.RegularExpressions;

namespace Tandem.Architecture.Tests;

/// <summary>docs/rfc.md says which section is where and which test holds it; what it names must exist, and no RFC of the list may lack a row.</summary>
public partial class RfcTableTests
{
    private const string Table = "docs/rfc.md";

    private static readonly string[] Sources = [.. Repository.Files("src", "*.cs"), .. Repository.Files("tests", "*.cs"), .. Repository.Files("tests", "*.xml")];

    [Fact]
    public void Every_file_that_the_rfc_table_names_exists()
    {
        var known = Sources.Select(p => Path.GetFileName(p)!).ToHashSet();
        var missing = FileName().Matches(Repository.Read(Table)).Select(m => m.Groups[1].Value).Distinct().Where(name => !known.Contains(name));
        Assert.Empty(missing);
    }

    // A path is more than a name: a file that moved must be found where the table says.
    [Fact]
    public void Every_path_that_the_rfc_table_names_exists()
    {
        var missing = SourcePath().Matches(Repository.Read(Table)).Select(m => m.Value).Distinct().Where(path => !File.Exists(Path.Combine(Repository.Root, path)));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_test_class_that_the_rfc_table_names_exists()
    {
        var known = Repository.Files("tests", "*.cs").Select(p => Path.GetFileNameWithoutExtension(p)).ToHashSet();
        var missing = TestClass().Matches(Repository.Read(Table)).Select(m => m.Value).Distinct().Where(name => !known.Contains(name));
        Assert.Empty(missing);
    }

    // Story names and the names of single tests are sentences.
    [Fact]
    public void Every_story_that_the_rfc_table_names_exists()
    {
        var all = Repository.Files("tests", "*.cs").ToList();
        var known = all.Select(p => Path.GetFileNameWithoutExtension(p)).ToHashSet();
        var text = string.Join('\n', all.Select(Repository.Read));
        var missing = Sentence().Matches(Repository.Read(Table)).Select(m => m.Value).Distinct()
            .Where(name => !known.Contains(name) && !text.Contains($" {name}(", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_scenario_that_the_rfc_table_names_exists()
    {
        var missing = Scenario().Matches(Repository.Read(Table)).Select(m => m.Value).Distinct()
            .Where(path => !File.Exists(Path.Combine(Repository.Root, "tests/Tandem.Scenarios", path)));
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("3262 3263 3311 3323 3325 3326 3327 3428 3515 3608 3680 3842 3856 3891 3892 3903 3911")]
    [InlineData("4028 4235 4475 4488 4538 5118 5373 5589 5626 5630 5806 5922 5923 6086 6228 6665 7044 7118 7989")]
    public void Every_rfc_of_the_list_has_a_row_with_a_file_and_a_test(string rfcs)
    {
        var blocks = Repository.Read(Table).Split("\n## ").Skip(1).ToList();
        var missing = rfcs.Split(' ').Where(rfc => !blocks.Exists(block => IsOf(block, rfc) && block.Split('\n').Any(IsHeld)));
        Assert.Empty(missing);
    }

    private static bool IsOf(string block, string rfc) => Regex.IsMatch(block.Split('\n')[0], $@"^RFC .*\b{rfc}\b");

    // A row with a file in its second column and a test in its third.
    private static bool IsHeld(string line) => line.Split('|') is [_, _, var file, var test, ..] && FileName().IsMatch(file) && (TestClass().IsMatch(test) || Sentence().IsMatch(test));

    [GeneratedRegex(@"\b([A-Z][A-Za-z0-9]*(?:\.[A-Z][A-Za-z0-9]*)*\.cs)\b")]
    private static partial Regex FileName();

    [GeneratedRegex(@"\bsrc/[A-Za-z0-9_./]+\.cs\b")]
    private static partial Regex SourcePath();

    [GeneratedRegex(@"\b[A-Z][A-Za-z0-9]*Tests\b")]
    private static partial Regex TestClass();

    // At least three words, the first with a capital letter, the second without (settings are in capitals): A_call_from_invite_to_bye.
    [GeneratedRegex(@"\b[A-Z][A-Za-z0-9]*_[a-z0-9][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\bSipp/[A-Za-z0-9_./-]+\.xml\b")]
    private static partial Regex Scenario();
}
