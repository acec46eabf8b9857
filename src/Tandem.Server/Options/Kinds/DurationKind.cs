using System.Globalization;

namespace Tandem.Server.Options.Kinds;

/// <summary>A length of time: a bare number in the setting's own unit, or a number with <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>.</summary>
public sealed class DurationKind(DurationUnit unit, TimeSpan minimum, TimeSpan maximum) : ValueKind
{
    private static readonly (string Suffix, double Milliseconds)[] Suffixes =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    public override string Unit => unit == DurationUnit.Milliseconds ? "ms" : "s";

    public override string Accepts => $"{Format(minimum)} to {Format(maximum)} in {(unit == DurationUnit.Milliseconds ? "milliseconds" : "seconds")}, or a number with ms, s, m, h or d";

    private double UnitMilliseconds => unit == DurationUnit.Milliseconds ? 1 : 1_000;

    public override bool TryParse(string text, Type target, out object? value)
    {
        value = null;
        var factor = UnitMilliseconds;
        foreach (var (suffix, milliseconds) in Suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && text.Length > suffix.Length && char.IsAsciiDigit(text[^(suffix.Length + 1)]))
            {
                text = text[..^suffix.Length];
                factor = milliseconds;
                break;
            }
        }

        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;

        var total = number * factor;
        if (!(total >= minimum.TotalMilliseconds && total <= maximum.TotalMilliseconds))
            return false;

        var span = TimeSpan.FromMilliseconds(total);
        var type = Nullable.GetUnderlyingType(target) ?? target;
        value = type == typeof(TimeSpan) ? span : Convert.ChangeType(total / UnitMilliseconds, type, CultureInfo.InvariantCulture);
        return true;
    }

    public override string Format(object? value) => value switch
    {
        null => "",
        TimeSpan span => (span.TotalMilliseconds / UnitMilliseconds).ToString("0.###", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
