namespace Tandem.Calls.Ivr;

/// <summary>What a run knows: values by name, bounded. One run owns it.</summary>
public sealed class IvrVariables
{
    /// <summary>Variables of one run. Default 64.</summary>
    public const int MaxCount = 64;

    /// <summary>The longest value, characters; what is longer is cut.</summary>
    public const int MaxValue = 512;

    private const int MaxName = 32;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The value of a variable; empty when it is not set.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "");

    /// <summary>All values.</summary>
    public IReadOnlyDictionary<string, string> All => _values;

    /// <summary>True for a small letter and then up to 31 small letters, digits and underscores.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxName || !char.IsAsciiLetterLower(name[0]))
            return false;

        foreach (var one in name)
        {
            if (!char.IsAsciiLetterLower(one) && !char.IsAsciiDigit(one) && one != '_')
                return false;
        }

        return true;
    }

    /// <summary>Sets a variable; false when there are too many or the name is none.</summary>
    public bool Set(string name, string value)
    {
        if (!IsName(name) || (!_values.ContainsKey(name) && _values.Count >= MaxCount))
            return false;

        _values[name] = value.Length > MaxValue ? value[..MaxValue] : value;
        return true;
    }
}
