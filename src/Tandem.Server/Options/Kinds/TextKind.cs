using Tandem.Core.Privacy;

namespace Tandem.Server.Options.Kinds;

/// <summary>Free text without control characters; a <see cref="Secret"/> when the property is one.</summary>
/// <param name="accepts">What is accepted, for people.</param>
/// <param name="check">Tells whether the text is acceptable; null when any is.</param>
/// <param name="maxLength">Most characters.</param>
public sealed class TextKind(string accepts, Func<string, bool>? check = null, int maxLength = 1024) : ValueKind
{
    public override string Accepts => accepts;

    public override bool TryParse(string text, Type target, out object? value)
    {
        value = null;
        if (text.Length > maxLength || text.Any(char.IsControl))
            return false;

        if (check is not null && !check(text))
            return false;

        value = target == typeof(Secret) ? new Secret(text) : text;
        return true;
    }

    public override string Format(object? value) => value?.ToString() ?? "";
}
