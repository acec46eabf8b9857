namespace Tandem.Calls.Calls;

/// <summary>The key of a call in Tandem (not the SIP Call-ID of one of its legs): 26 characters, sortable by time.</summary>
public readonly record struct CallId(string Value)
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new id from the wall-clock time and 80 random bits.</summary>
    public static CallId New(DateTimeOffset at, Random random)
    {
        Span<char> text = stackalloc char[26];
        var time = at.ToUnixTimeMilliseconds();
        for (var i = 9; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(time & 31)];
            time >>= 5;
        }

        for (var i = 10; i < text.Length; i++)
            text[i] = Alphabet[random.Next(32)];

        return new CallId(new string(text));
    }

    public override string ToString() => Value;
}
