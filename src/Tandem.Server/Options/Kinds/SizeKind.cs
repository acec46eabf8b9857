using System.Globalization;

namespace Tandem.Server.Options.Kinds;

/// <summary>A number of bytes, with <c>k</c>, <c>m</c> or <c>g</c> (powers of 1024) or without.</summary>
public sealed class SizeKind(long minimum, long maximum) : ValueKind
{
    public override string Unit => "bytes";

    public override string Accepts => $"{Format(minimum)} to {Format(maximum)}: bytes, or a number with k, m or g";

    public override bool TryParse(string text, Type target, out object? value)
    {
        value = null;
        var shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        var digits = shift == 0 ? text : text[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue >> shift)
            return false;

        var bytes = number << shift;
        if (bytes < minimum || bytes > maximum)
            return false;

        value = Convert.ChangeType(bytes, Nullable.GetUnderlyingType(target) ?? target, CultureInfo.InvariantCulture);
        return true;
    }

    public override string Format(object? value)
    {
        if (value is null)
            return "";

        var bytes = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        foreach (var (shift, suffix) in new[] { (30, "g"), (20, "m"), (10, "k") })
        {
            if (bytes != 0 && bytes % (1L << shift) == 0)
                return (bytes >> shift).ToString(CultureInfo.InvariantCulture) + suffix;
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
