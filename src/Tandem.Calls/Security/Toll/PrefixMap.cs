namespace Tandem.Calls.Security.Toll;

/// <summary>Values by E.164 prefix; the longest prefix of a number decides. Built once, read by many.</summary>
public sealed class PrefixMap<T>
{
    private readonly Dictionary<string, T> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int _longest;

    /// <param name="entries">Prefixes in digits, without a plus sign; of equal ones the last counts.</param>
    public PrefixMap(IEnumerable<KeyValuePair<string, T>> entries)
    {
        foreach (var (prefix, value) in entries)
        {
            _values[prefix] = value;
            _longest = Math.Max(_longest, prefix.Length);
        }

        _lookup = _values.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _values.Count;

    /// <summary>The value of the longest prefix of <paramref name="digits"/>; false when none fits.</summary>
    public bool TryFind(ReadOnlySpan<char> digits, out T value, out int length)
    {
        for (length = Math.Min(_longest, digits.Length); length > 0; length--)
        {
            if (_lookup.TryGetValue(digits[..length], out value!))
                return true;
        }

        value = default!;
        return false;
    }
}
