using System.Globalization;

namespace Tandem.Calls.Registrar;

/// <summary>The numbers that phones can register: <c>EXT_MIN</c> to <c>EXT_MAX</c>, both included.</summary>
public readonly record struct ExtensionRange(int Min, int Max)
{
    /// <summary>The longest number that is looked at; more digits than an <see cref="int"/> has cannot be in a range.</summary>
    private const int MaxDigits = 9;

    /// <summary>How many numbers the range has.</summary>
    public int Count => Max < Min ? 0 : Max - Min + 1;

    /// <summary>True for a number of the range in its one spelling: decimal digits without a leading zero.</summary>
    public bool Contains(ReadOnlySpan<char> number)
    {
        if (number.Length is 0 or > MaxDigits || (number[0] == '0' && number.Length > 1))
            return false;

        var value = 0;
        foreach (var c in number)
        {
            if (!char.IsAsciiDigit(c))
                return false;

            value = (value * 10) + (c - '0');
        }

        return value >= Min && value <= Max;
    }

    /// <summary>Every number of the range, ascending.</summary>
    public IEnumerable<string> Numbers()
    {
        for (long number = Min; number <= Max; number++)
            yield return number.ToString(CultureInfo.InvariantCulture);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Min}-{Max}");
}
