namespace Tandem.Sip.Messages;

/// <summary>Comma-separated <c>name = token / quoted-string</c> behind an authentication scheme (RFC 3261 §25.1).</summary>
internal static class AuthParams
{
    /// <summary>Splits the scheme from the parameters, checking that all of them are well-formed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> parameters)
    {
        text = SipText.Trim(text);
        var length = SipText.TokenLength(text);
        scheme = text[..length];
        parameters = default;
        if (length == 0 || (length < text.Length && !SipText.IsSpace(text[length])))
            return false;

        parameters = SipText.TrimStart(text[length..]);
        var rest = parameters;
        for (var count = 0; TryNext(ref rest, out var name, out _); count++)
        {
            // Which of two values counts must not depend on the reader.
            if (count == SipParams.MaxCount || TryGet(rest, name, out _))
                return false;
        }

        return rest.Length == 0;
    }

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

    /// <summary>Takes the next parameter from the front; false at the end, or (with bytes left) at an error.</summary>
    public static bool TryNext(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var text = SipText.TrimStart(rest);
        while (text.Length > 0 && text[0] == ',')
            text = SipText.TrimStart(text[1..]);

        var length = SipText.TokenLength(text);
        name = text[..length];
        rest = text;
        if (length == 0)
            return false;

        text = SipText.TrimStart(text[length..]);
        if (text.Length == 0 || text[0] != '=')
            return false;

        text = SipText.TrimStart(text[1..]);
        if (text.Length > 0 && text[0] == '"')
        {
            var quoted = SipText.QuotedLength(text);
            if (quoted < 0)
                return false;

            value = text[1..(quoted - 1)];
            text = SipText.TrimStart(text[quoted..]);
        }
        else
        {
            // A bare value ends at the comma: clients leave the quotes off nonces with "=" and "/" in them.
            var end = text.IndexOfAny((byte)',', (byte)' ', (byte)'\t');
            end = end < 0 ? text.Length : end;
            value = text[..end];
            text = SipText.TrimStart(text[end..]);
            if (value.Contains((byte)'"'))
                return false;
        }

        if (text.Length > 0 && text[0] != ',')
            return false;

        rest = text;
        return true;
    }
}
