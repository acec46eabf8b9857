namespace Tandem.Server.Options.Kinds;

/// <summary>One of a few words, in any case; several words may mean the same value (the first of them is the one shown).</summary>
public sealed class WordKind(params (string Word, object Value)[] words) : ValueKind
{
    public override string Accepts => "one of " + string.Join(", ", words.DistinctBy(w => w.Value).Select(w => w.Word));

    /// <summary>The members of an enumeration, in lower case.</summary>
    public static WordKind Of<T>()
        where T : struct, Enum =>
        new([.. Enum.GetValues<T>().Select(v => (v.ToString().ToLowerInvariant(), (object)v))]);

    public override bool TryParse(string text, Type target, out object? value)
    {
        foreach (var (word, meaning) in words)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                value = meaning;
                return true;
            }
        }

        value = null;
        return false;
    }

    public override string Format(object? value) => words.FirstOrDefault(w => w.Value.Equals(value)).Word ?? "";
}
