using System.Collections.Frozen;

namespace Tandem.Core.Text;

/// <summary>The names of enums as the outside reads them, each made once: a page of records has hundreds of them, and every event has some.</summary>
public static class EnumText
{
    /// <summary><c>NotRegistered</c> → <c>NOT_REGISTERED</c>. A value without a name is its number.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => Texts<T>.Words.GetValueOrDefault(value) ?? value.ToString();

    /// <summary><c>NotRegistered</c> → <c>NOTREGISTERED</c>.</summary>
    public static string Upper<T>(T value)
        where T : struct, Enum => Texts<T>.Uppers.GetValueOrDefault(value) ?? value.ToString();

    /// <summary><c>NotRegistered</c> → <c>notregistered</c>.</summary>
    public static string Lower<T>(T value)
        where T : struct, Enum => Texts<T>.Lowers.GetValueOrDefault(value) ?? value.ToString();

    /// <summary><c>NotRegistered</c> → <c>notRegistered</c>.</summary>
    public static string Camel<T>(T value)
        where T : struct, Enum => Texts<T>.Camels.GetValueOrDefault(value) ?? value.ToString();

    private static string Parted(string name) => string.Concat(name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));

    private static class Texts<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Words = All(Parted);
        public static readonly FrozenDictionary<T, string> Uppers = All(name => name.ToUpperInvariant());
        public static readonly FrozenDictionary<T, string> Lowers = All(name => name.ToLowerInvariant());
        public static readonly FrozenDictionary<T, string> Camels = All(name => char.ToLowerInvariant(name[0]) + name[1..]);

        private static FrozenDictionary<T, string> All(Func<string, string> text) => Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, value => text(value.ToString()));
    }
}
