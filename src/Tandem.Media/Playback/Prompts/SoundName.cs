namespace Tandem.Media.Playback.Prompts;

/// <summary>
/// The names that prompts, lists of music and their pieces may have, which are names of files too: 1 to 64 of <c>a-z 0-9 . _ -</c>, a letter or digit first and last,
/// no two dots together. Nothing else reaches a path, so no name can leave its folder, hide in it or mean two files.
/// </summary>
public static class SoundName
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 64;

    /// <summary>What is accepted, for people.</summary>
    public const string Accepts = "1 to 64 of a-z, 0-9, dot, underscore and dash, beginning and ending with a letter or digit";

    /// <summary>True when <paramref name="name"/> is acceptable.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxLength || !IsPlain(name[0]) || !IsPlain(name[^1]))
            return false;

        for (var i = 0; i < name.Length; i++)
        {
            if (!IsPlain(name[i]) && name[i] is not ('.' or '_' or '-'))
                return false;
            if (name[i] == '.' && name[i + 1] == '.')
                return false;
        }

        return true;
    }

    private static bool IsPlain(char one) => one is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
