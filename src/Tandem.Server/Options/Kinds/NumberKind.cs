using System.Globalization;

namespace Tandem.Server.Options.Kinds;

/// <summary>A whole number within bounds.</summary>
public sealed class NumberKind(long minimum, long maximum, string unit = "", string special = "") : ValueKind
{
    public override string Unit => unit;

    public override string Accepts =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}") + (special.Length == 0 ? "" : $" ({special})");

    public override bool TryParse(string text, Type target, out object? value)
    {
        value = null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < minimum || number > maximum)
            return false;

        value = Convert.ChangeType(number, Nullable.GetUnderlyingType(target) ?? target, CultureInfo.InvariantCulture);
        return true;
    }

    public override string Format(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
