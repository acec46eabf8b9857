using System.Globalization;

namespace Tandem.Server.Options.Kinds;

/// <summary>A number with a fraction, within bounds.</summary>
public sealed class DecimalKind(double minimum, double maximum, string unit = "") : ValueKind
{
    public override string Unit => unit;

    public override string Accepts => string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}");

    public override bool TryParse(string text, Type target, out object? value)
    {
        value = null;
        if (!double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || !(number >= minimum && number <= maximum))
        {
            return false;
        }

        value = Convert.ChangeType(number, Nullable.GetUnderlyingType(target) ?? target, CultureInfo.InvariantCulture);
        return true;
    }

    public override string Format(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
