using System.Text.RegularExpressions;

namespace Tandem.Architecture.Tests;

/// <summary>How the source is cut into files.</summary>
public partial class SourceTests
{
    private const int MostLines = 700;

    /// <summary>Files that may be longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongFiles = [];

    [Fact]
    public void No_source_file_is_longer_than_700_lines()
    {
        var offenders = SourceFiles()
            .Where(path => !LongFiles.ContainsKey(path))
            .Select(path => (path, lines: Repository.Lines(path).Length))
            .Where(file => file.lines > MostLines)
            .Select(file => $"{file.path}: {file.lines} lines");
        Assert.Empty(offenders);
    }

    [Fact]
    public void A_source_file_holds_one_public_type_and_bears_its_name()
    {
        // The shapes of one API resource (requests and answers) and the events of one family stand together.
        var offenders =
            from path in Repository.Files("src", "*.cs")
            where !path.EndsWith("Program.cs", StringComparison.Ordinal) && !path.Contains("/Rest/")
            let types = PublicType().Matches(Repository.Read(path)).Select(m => m.Groups["name"].Value).Distinct().ToList()
            where types.Count > 1 && !path.EndsWith("Events/CallEvent.cs", StringComparison.Ordinal)
            select $"{path}: {string.Join(", ", types)}";
        Assert.Empty(offenders);
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        var offenders =
            from path in SourceFiles()
            where !path.StartsWith("tests/Tandem.Architecture.Tests", StringComparison.Ordinal)
            from line in Repository.Lines(path)
            where LeftOpen().IsMatch(line)
            select $"{path}: {line.Trim()}";
        Assert.Empty(offenders);
    }

    [Fact]
    public void No_test_is_switched_off()
    {
        var offenders =
            from path in Repository.Files("tests", "*.cs")
            where !path.StartsWith("tests/Tandem.Architecture.Tests", StringComparison.Ordinal)
            from line in Repository.Lines(path)
            where SwitchedOff().IsMatch(line)
            select $"{path}: {line.Trim()}";
        Assert.Empty(offenders);
    }

    [Fact]
    public void Lock_files_name_no_host()
    {
        var offenders = Repository.Files("src", "packages.lock.json").Concat(Repository.Files("tests", "packages.lock.json"))
            .Where(path => Repository.Read(path).Contains("://"));
        Assert.Empty(offenders);
    }

    // What comes from the network can start nothing: no process, no script, no code by name, anywhere in the product. The one exception speaks
    // text: one of two known programs that the operator installed, with fixed arguments, the text on standard input.
    [Fact]
    public void Nothing_in_the_product_starts_a_process_or_loads_code_by_name()
    {
        var offenders =
            from path in Repository.Files("src", "*.cs")
            where path != "src/Tandem.Media/Playback/Speech/SpeechProcess.cs"
            from line in Repository.Lines(path)
            where StartsSomething().IsMatch(line)
            select $"{path}: {line.Trim()}";
        Assert.Empty(offenders);
    }

    private static IEnumerable<string> SourceFiles() => Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs"));

    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|partial|readonly|ref|unsafe|record) )*(?:class|struct|interface|enum|record|delegate \S+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex LeftOpen();

    [GeneratedRegex(@"Skip ?= ?""|Assert\.True\(true\)|Assert\.Skip")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"\bProcess\.Start\b|ProcessStartInfo|new Process\b|Assembly\.Load|Type\.GetType\(|CSharpScript|EntryPoint = ""(system|popen|execve?|posix_spawn|dlopen)""")]
    private static partial Regex StartsSomething();
}
