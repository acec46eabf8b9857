namespace Tandem.Server.Options.Kinds;

/// <summary>Texts separated by commas.</summary>
/// <param name="accepts">What is accepted, for people.</param>
/// <param name="words">The only texts that may stand in it, written as given here; empty for any.</param>
/// <param name="check">Tells whether an element is acceptable; null when any is.</param>
public sealed class ListKind(string accepts, IReadOnlyList<string>? words = null, Func<string, bool>? check = null) : ValueKind
{
    private const int MaxElements = 64;

    public override string Accepts => accepts;

    public override bool TryParse(string text, Type target, out object? value)
    {
        value = null;
        var elements = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (elements.Length is 0 or > MaxElements)
            return false;

        for (var i = 0; i < elements.Length; i++)
        {
            if (words is not null)
            {
                var known = words.FirstOrDefault(w => w.Equals(elements[i], StringComparison.OrdinalIgnoreCase));
                if (known is null)
                    return false;

                elements[i] = known;
            }

            if (check is not null && !check(elements[i]))
                return false;
        }

        value = target == typeof(string) ? string.Join(',', elements) : elements;
        return true;
    }

    public override string Format(object? value) => value is IEnumerable<string> list ? string.Join(',', list) : value?.ToString() ?? "";
}
