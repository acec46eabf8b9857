namespace Tandem.Server.Options.Kinds;

/// <summary>Some of a few words in an order, separated by commas, each once, in any case.</summary>
public sealed class WordListKind<T>(params (string Word, T Value)[] words) : ValueKind
    where T : struct
{
    public override string Accepts => "some of " + string.Join(", ", words.Select(w => w.Word)) + " in order, separated by commas";

    public override bool TryParse(string text, Type target, out object? value)
    {
        var list = new List<T>();
        value = null;
        foreach (var element in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var index = Array.FindIndex(words, w => w.Word.Equals(element, StringComparison.OrdinalIgnoreCase));
            if (index < 0 || list.Contains(words[index].Value))
                return false;

            list.Add(words[index].Value);
        }

        value = list;
        return list.Count > 0;
    }

    public override string Format(object? value) =>
        value is IReadOnlyList<T> list ? string.Join(',', list.Select(item => words.First(w => w.Value.Equals(item)).Word)) : "";
}
