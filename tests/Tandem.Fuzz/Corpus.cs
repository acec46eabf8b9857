namespace Tandem.Fuzz;

/// <summary>The inputs that a target starts from: one a line, see <see cref="Escapes"/>; lines that start with # are comments.</summary>
public static class Corpus
{
    public static IReadOnlyList<byte[]> Of(string target)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "corpus", target + ".txt");
        var lines = File.Exists(file) ? File.ReadAllLines(file).Where(line => line.Length > 0 && line[0] != '#').Select(Escapes.Read) : [];
        return [.. lines, .. FuzzTargets.MoreCorpus(target)];
    }
}
