using System.Buffers;

namespace Tandem.Sip.Messages;

/// <summary>
/// Header parameters: <c>*(SEMI generic-param)</c> with white space around <c>;</c> and <c>=</c> and quoted values
/// (RFC 3261 §25.1). Names compare without case.
/// </summary>
public static class SipParams
{
    /// <summary>
    /// Parameters of one value. More are malformed: looking for doubles costs the square of their number, and real values
    /// have fewer than 20.
    /// </summary>
    public const int MaxCount = 64;

    // gen-value = token / host / quoted-string; a host may be an IPv6 reference. Clients in the field also send "@", "/"
    // and "=" (base64), which cannot be mistaken for a delimiter here.
    private static readonly SearchValues<byte> ValueBytes = SearchValues.Create(
        [.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~[]:@/=&$#()?"u8, .. Enumerable.Range(0x80, 0x80).Select(b => (byte)b)]);

    /// <summary>
    /// Finds the first parameter called <paramref name="name"/>. The value is empty for a flag, and comes without its
    /// quotes (but with its escapes, see <see cref="SipText.Unquote"/>) when it is a quoted string.
    /// </summary>
    public static bool TryGet(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var rest = parameters;
        while (TryNext(ref rest, out var candidate, out value))
        {
            if (SipText.EqualsIgnoreCase(candidate, name))
                return true;
        }

        value = default;
        return false;
    }

    /// <summary>
    /// Takes the next parameter from the front, skipping empty ones; false at the end or at something that is no
    /// parameter (then <paramref name="rest"/> is not empty).
    /// </summary>
    public static bool TryNext(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = default;
        value = default;
        var text = SipText.TrimStart(rest);
        while (text.Length > 0 && text[0] == ';')
        {
            text = SipText.TrimStart(text[1..]);
            var length = SipText.TokenLength(text);
            if (length > 0)
                return Read(text, length, ref rest, out name, out value);
        }

        rest = text;
        return false;
    }

    /// <summary>
    /// True when the text is nothing but well-formed parameters, at most <see cref="MaxCount"/>, none of them empty and none
    /// of them twice.
    /// </summary>
    public static bool AreWellFormed(ReadOnlySpan<byte> parameters)
    {
        // Where each name starts and how long it is, so that looking for doubles never reads the values again.
        Span<(int Start, int Length)> names = stackalloc (int, int)[MaxCount];
        var rest = SipText.TrimStart(parameters);
        for (var count = 0; rest.Length > 0; count++)
        {
            if (count == MaxCount)
                return false;

            // An empty parameter (";;") is an error here, while TryNext steps over it.
            if (rest[0] != ';' || SipText.TokenLength(SipText.TrimStart(rest[1..])) == 0)
                return false;
            if (!TryNext(ref rest, out var name, out _))
                return false;

            foreach (var (start, length) in names[..count])
            {
                if (length == name.Length && SipText.EqualsIgnoreCase(parameters.Slice(start, length), name))
                    return false;
            }

            parameters.Overlaps(name, out var offset);
            names[count] = (offset, name.Length);
            rest = SipText.TrimStart(rest);
        }

        return true;
    }

    private static bool Read(
        ReadOnlySpan<byte> text, int nameLength, scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = text[..nameLength];
        value = default;
        var after = SipText.TrimStart(text[nameLength..]);
        if (after.Length == 0 || after[0] != '=')
        {
            rest = after;
            return after.Length == 0 || after[0] == ';';
        }

        after = SipText.TrimStart(after[1..]);
        if (after.Length > 0 && after[0] == '"')
        {
            var quoted = SipText.QuotedLength(after);
            if (quoted < 0)
            {
                rest = after;
                return false;
            }

            value = after[1..(quoted - 1)];
            rest = SipText.TrimStart(after[quoted..]);
            return rest.Length == 0 || rest[0] == ';';
        }

        var end = after.IndexOfAnyExcept(ValueBytes);
        var length = end < 0 ? after.Length : end;
        value = after[..length];
        rest = SipText.TrimStart(after[length..]);
        return length > 0 && (rest.Length == 0 || rest[0] == ';');
    }
}
