namespace Tandem.Calls.Routing.Rules;

/// <summary>A pattern character by character: each place takes some of 0 to 9, *, # and +, and the end may be open. Immutable.</summary>
internal sealed class DigitSequence
{
    private const string Alphabet = "0123456789*#+";
    private const ushort All = (1 << 13) - 1;
    private const ushort AnyDigit = (1 << 10) - 1;

    private readonly ushort[] _places;
    private readonly bool _isOpen;

    private DigitSequence(ushort[] places, bool isOpen, string literal)
    {
        _places = places;
        _isOpen = isOpen;
        Literal = literal;
    }

    /// <summary>The number, when it is one.</summary>
    public string Literal { get; }

    /// <summary>True when exactly one number fits.</summary>
    public bool IsLiteral => Literal.Length > 0;

    /// <summary>Digits, stars, hashes and plus signs as they stand, with or without anything behind them; null for other characters.</summary>
    public static DigitSequence? Of(ReadOnlySpan<char> text, bool isPrefix)
    {
        if (text.IsEmpty && !isPrefix)
            return null;

        var places = new ushort[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (Bit(text[i]) is not { } bit)
                return null;
            places[i] = bit;
        }

        return new DigitSequence(places, isPrefix, isPrefix ? "" : text.ToString());
    }

    /// <summary>As operators write it; null when it is not that.</summary>
    public static DigitSequence? OfOperators(ReadOnlySpan<char> text)
    {
        var places = new List<ushort>();
        for (var i = 0; i < text.Length; i++)
        {
            var isLast = i == text.Length - 1;
            switch (text[i])
            {
                case 'X' or 'x':
                    places.Add(AnyDigit);
                    break;
                case 'Z' or 'z':
                    places.Add(AnyDigit & ~1);
                    break;
                case 'N' or 'n':
                    places.Add(AnyDigit & ~3);
                    break;
                case '.' when isLast:
                    places.Add(All);
                    return new DigitSequence([.. places], isOpen: true, "");
                case '!' when isLast:
                    return new DigitSequence([.. places], isOpen: true, "");
                case '[' when text[i..].IndexOf(']') is var end and > 1:
                    if (Set(text.Slice(i + 1, end - 1)) is not { } set)
                        return null;
                    places.Add(set);
                    i += end;
                    break;
                default:
                    if (Bit(text[i]) is not { } bit)
                        return null;
                    places.Add(bit);
                    break;
            }
        }

        return places.Count == 0 ? null : new DigitSequence([.. places], isOpen: false, "");
    }

    public bool Matches(ReadOnlySpan<char> number)
    {
        if (number.IsEmpty || number.Length < _places.Length || (number.Length > _places.Length && !_isOpen))
            return false;

        for (var i = 0; i < _places.Length; i++)
        {
            if (Bit(number[i]) is not { } bit || (_places[i] & bit) == 0)
                return false;
        }

        for (var i = _places.Length; i < number.Length; i++)
        {
            if (Bit(number[i]) is null)
                return false;
        }

        return true;
    }

    /// <summary>True when every number of <paramref name="other"/> fits here.</summary>
    public bool Covers(DigitSequence other)
    {
        // What is open to the end begins with numbers as long as its places.
        if (other._places.Length < _places.Length || (!_isOpen && (other._isOpen || other._places.Length > _places.Length)))
            return false;

        for (var i = 0; i < _places.Length; i++)
        {
            if ((other._places[i] & ~_places[i]) != 0)
                return false;
        }

        return true;
    }

    private static ushort? Bit(char c) => Alphabet.IndexOf(c, StringComparison.Ordinal) is var at and >= 0 ? (ushort)(1 << at) : null;

    // 1-4,7 or 147
    private static ushort? Set(ReadOnlySpan<char> text)
    {
        ushort set = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == ',' && i > 0)
                continue;
            if (Bit(text[i]) is not { } bit)
                return null;

            set |= bit;
            if (i + 2 >= text.Length || text[i + 1] != '-')
                continue;
            if (!char.IsAsciiDigit(text[i]) || !char.IsAsciiDigit(text[i + 2]) || text[i + 2] < text[i])
                return null;
            for (var digit = text[i]; digit <= text[i + 2]; digit++)
                set |= (ushort)(1 << (digit - '0'));
            i += 2;
        }

        return set == 0 ? null : set;
    }
}
