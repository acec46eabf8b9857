using System.Text.RegularExpressions;

namespace Tandem.Architecture.Tests;

/// <summary>docs/stories.md says which test proves what: what it names must exist, and each line must have a proof.</summary>
public partial class StoryTableTests
{
    private const string Table = "docs/stories.md";

    // Projects may have files of the same name: a method may be in any of them.
    private static readonly ILookup<string, string> Tests = Repository.Files("tests", "*.cs").ToLookup(path => Path.GetFileName(path)!);

    [Fact]
    public void Every_line_has_a_proof()
    {
        var without = Rows().Where(row => !File().IsMatch(row));
        Assert.Empty(without);
        Assert.True(Rows().Count() > 90);
    }

    // What each part of docs/stories.md is about: a part that is taken out is missed.
    [Theory]
    [InlineData("Routing")]
    [InlineData("Extensions")]
    [InlineData("Menus")]
    [InlineData("Call control by programs")]
    [InlineData("Conference")]
    [InlineData("Monitoring and recording")]
    [InlineData("Voicemail")]
    [InlineData("Queues")]
    [InlineData("Events")]
    [InlineData("Over a bad network")]
    [InlineData("SIP: transports")]
    [InlineData("SIP: methods and extensions")]
    [InlineData("SIP: to the letter")]
    [InlineData("SIP: with real peers")]
    [InlineData("Media: calls with real peers")]
    [InlineData("Media: negotiation")]
    [InlineData("Media: packets")]
    [InlineData("Media: sound")]
    [InlineData("Media: rooms of the engine")]
    [InlineData("Media: over a bad network")]
    [InlineData("Media: fuzzed")]
    [InlineData("Media: attacks")]
    public void Each_part_is_there(string part) => Assert.Contains($"## {part}", Repository.Lines(Table));

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
                    text = Tests.Contains(name) ? string.Join('\n', Tests[name].Select(Repository.Read)) : null;
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
        var all = string.Join('\n', Tests.SelectMany(same => same).Select(Repository.Read));
        var tests = Test().Matches(all).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Empty(names.Except(tests));
    }

    private static IEnumerable<string> Rows() => Repository.Lines(Table).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal));

    [GeneratedRegex(@"`\w+\.cs`")]
    private static partial Regex File();

    [GeneratedRegex(@"`(\w+(?:\.cs)?)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b[^\n]*\n(?:\s*(?:\[|//)[^\n]*\n)*\s*public (?:async )?(?:static )?(?:Task|void|ValueTask) (\w+)\(")]
    private static partial Regex Test();
}
