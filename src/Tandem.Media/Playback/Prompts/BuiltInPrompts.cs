using System.Collections.Frozen;

namespace Tandem.Media.Playback.Prompts;

/// <summary>The prompts that lie in this assembly, by language and name; assets/prompts makes them.</summary>
public static class BuiltInPrompts
{
    private const string Prefix = "prompts/";

    private static readonly FrozenSet<string> Names = typeof(BuiltInPrompts).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Languages that have a set.</summary>
    public static IReadOnlyList<string> Languages { get; } = [.. Names.Select(name => name[..name.IndexOf('/')]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The names of a language's set, in order.</summary>
    public static IReadOnlyList<string> Of(string language) =>
        [.. Names.Where(name => name.StartsWith(language + "/", StringComparison.Ordinal)).Select(name => name[(language.Length + 1)..]).Order(StringComparer.Ordinal)];

    /// <summary>True when the set has a prompt of that name.</summary>
    public static bool Has(string language, string name) => Names.Contains(language + "/" + name);

    /// <summary>The file of a prompt, from memory; null when there is none.</summary>
    public static Stream? Open(string language, string name) =>
        Has(language, name) ? typeof(BuiltInPrompts).Assembly.GetManifestResourceStream(Prefix + language + "/" + name) : null;
}
