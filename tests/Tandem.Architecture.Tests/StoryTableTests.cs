using System.Text.RegularExpressions;

namespace Tandem.Architecture.Tests;

/// <summary>docs/stories.md says which test proves what: what it names must exist, and each line must have a proof.</summary>
public partial class StoryTableTests
{
    private const string Table = "docs/stories.md";

    private static readonly Dictionary<string, string> Tests = Repository.Files("tests", "*.cs").GroupBy(path => Path.GetFileName(path)!).ToDictionary(same => same.Key, same => same.First());

    [Fact]
    public void Every_line_has_a_proof()
    {
        var without = Rows().Where(row => !File().IsMatch(row));
        Assert.Empty(without);
        Assert.True(Rows().Count() > 50);
    }

    [Fact]
    public void Every_file_exists_and_has_the_methods_that_are_named_behind_it()
    {
        var missing = new List<string>();
        foreach (var row in Rows())
        {
            string? text = null;
            foreach (var name in Name().Matches(row).Select(match => match.Groups[1].Value))
            {
                if (name.EndsWith(".cs", StringComparison.Ordinal))
                {
                    text = Tests.TryGetValue(name, out var path) ? Repository.Read(path) : null;
                    if (text is null)
                        missing.Add(name);
                }
                else if (text is null || !text.Contains($" {name}(", StringComparison.Ordinal))
                {
                    missing.Add(name);
                }
            }
        }

        Assert.Empty(missing);
    }

    // A method of a scenario or story is proof only when it is a test.
    [Fact]
    public void What_is_named_as_a_method_is_a_test()
    {
        var names = Rows().SelectMany(row => Name().Matches(row).Select(match => match.Groups[1].Value)).Where(name => !name.EndsWith(".cs", StringComparison.Ordinal)).ToHashSet();
        var all = string.Join('\n', Tests.Values.Select(Repository.Read));
        var tests = Test().Matches(all).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Empty(names.Except(tests));
    }

    private static IEnumerable<string> Rows() => Repository.Lines(Table).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal));

    [GeneratedRegex(@"`\w+\.cs`")]
    private static partial Regex File();

    [GeneratedRegex(@"`(\w+(?:\.cs)?)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b[^\n]*\n(?:\s*\[[^\n]*\n)*\s*public (?:async )?(?:static )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex Test();
}
