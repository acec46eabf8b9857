using System.Globalization;
using System.Text;

namespace Tandem.Calls.Tenants;

/// <summary>A set of <see cref="Permission"/>s. In text: their words, separated by commas (<c>calls:read,cdr:read</c>), or <c>*</c> for all.</summary>
public readonly record struct PermissionSet
{
    private static readonly Permission[] Known = Enum.GetValues<Permission>();

    private static readonly Dictionary<string, Permission> ByWord = Known.ToDictionary(Word);

    private readonly ulong _bits;

    private PermissionSet(ulong bits) => _bits = bits;

    /// <summary>No permission.</summary>
    public static PermissionSet None => default;

    /// <summary>Every permission that there is.</summary>
    public static PermissionSet All { get; } = Of(Known);

    public static PermissionSet Of(params ReadOnlySpan<Permission> permissions)
    {
        var bits = 0UL;
        foreach (var permission in permissions)
            bits |= 1UL << (int)permission;
        return new PermissionSet(bits);
    }

    /// <summary>The word of a permission: <c>CallsRead</c> is <c>calls:read</c>.</summary>
    public static string Word(Permission permission)
    {
        var name = permission.ToString();
        var word = new StringBuilder(name.Length + 1);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(name[i]))
                word.Append(':');
            word.Append(char.ToLower(name[i], CultureInfo.InvariantCulture));
        }

        return word.ToString();
    }

    /// <summary>All words, as people are told what is accepted.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Known.Select(Word)];

    /// <summary>Reads words; false when one is unknown, which is then in <paramref name="unknown"/>.</summary>
    public static bool TryRead(IEnumerable<string> words, out PermissionSet set, out string unknown)
    {
        var bits = 0UL;
        set = default;
        unknown = "";
        foreach (var word in words)
        {
            if (!ByWord.TryGetValue(word, out var permission))
            {
                unknown = word;
                return false;
            }

            bits |= 1UL << (int)permission;
        }

        set = new PermissionSet(bits);
        return true;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote. Words that this program does not know grant nothing.</summary>
    public static PermissionSet Parse(string text)
    {
        if (text == "*")
            return All;

        var bits = 0UL;
        foreach (var word in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (ByWord.TryGetValue(word, out var permission))
                bits |= 1UL << (int)permission;
        }

        return new PermissionSet(bits);
    }

    public bool Contains(Permission permission) => (_bits & (1UL << (int)permission)) != 0;

    /// <summary>True when <paramref name="other"/> has everything that this set has.</summary>
    public bool IsWithin(PermissionSet other) => (_bits & ~other._bits) == 0;

    /// <summary>What both have.</summary>
    public PermissionSet And(PermissionSet other) => new(_bits & other._bits);

    /// <summary>What this set has and the other has not.</summary>
    public PermissionSet Except(PermissionSet other) => new(_bits & ~other._bits);

    /// <summary>The words of the set, in the order of the enumeration.</summary>
    public IReadOnlyList<string> ToWords()
    {
        var set = this;
        return [.. Known.Where(permission => set.Contains(permission)).Select(Word)];
    }

    public override string ToString() => this == All ? "*" : string.Join(',', ToWords());
}
