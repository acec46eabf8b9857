using Tandem.Sip.Messages;

namespace Tandem.Sip.Parsing;

/// <summary>
/// Cuts header fields. The parser and the stream framer share it, so that both see the same fields at the same places:
/// a difference between them would let one message hide in another.
/// </summary>
internal static class HeaderScanner
{
    /// <summary>
    /// Cuts the field that starts at <paramref name="position"/> and moves behind its CRLF. Folded lines are joined by
    /// writing spaces over their line breaks (RFC 3261 §7.3.1).
    /// </summary>
    /// <returns>None, BadHeader or HeaderTooLong; the position is behind the field in every case but a message that ends in it.</returns>
    public static SipRejection Read(Span<byte> data, int maxBytes, ref int position, out HeaderField field)
    {
        field = default;
        var start = position;
        var end = FindEnd(data, start, out var clean);
        if (end < 0)
            return SipRejection.BadHeader;

        position = end + 2;
        if (end - start > maxBytes)
            return SipRejection.HeaderTooLong;

        var line = data[start..end];
        var nameLength = SipText.TokenLength(line);
        var colon = nameLength;
        while (colon < line.Length && SipText.IsSpace(line[colon]))
            colon++;

        // HCOLON = *( SP / HTAB ) ":" SWS: space before the colon is part of neither name nor value.
        if (nameLength == 0 || colon == line.Length || line[colon] != ':')
            return SipRejection.BadHeader;

        var valueStart = colon + 1;
        while (valueStart < line.Length && SipText.IsSpace(line[valueStart]))
            valueStart++;

        var valueEnd = line.Length;
        while (valueEnd > valueStart && SipText.IsSpace(line[valueEnd - 1]))
            valueEnd--;

        if (!clean && !AreNullsQuoted(line[valueStart..valueEnd]))
            return SipRejection.BadHeader;

        field = new HeaderField(HeaderNames.Find(line[..nameLength]), start, nameLength, start + valueStart, valueEnd - valueStart);
        return SipRejection.None;
    }

    /// <summary>
    /// The index of the CRLF that ends the field, folding joined; -1 at a bare CR or LF and when there is no end.
    /// <paramref name="clean"/> is false when there are NUL bytes.
    /// </summary>
    private static int FindEnd(Span<byte> data, int start, out bool clean)
    {
        clean = true;
        var hasColon = false;
        var i = start;
        while (true)
        {
            var next = data[i..].IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
            if (next < 0)
                return -1;

            i += next;
            if (data[i] == 0)
            {
                clean = false;
                i++;
                continue;
            }

            if (data[i] != '\r' || i + 1 >= data.Length || data[i + 1] != '\n')
                return -1;

            if (i + 2 >= data.Length || !SipText.IsSpace(data[i + 2]))
                return i;

            // HCOLON allows no line break before the colon: a reader that cuts lines first would see another header.
            // Looked for once: a field may have ten thousand folds.
            hasColon = hasColon || data[start..i].Contains((byte)':');
            if (!hasColon)
                return -1;

            data[i] = (byte)' ';
            data[i + 1] = (byte)' ';
            i += 3;
        }
    }

    // The grammar allows NUL in one place only: escaped inside a quoted string (quoted-pair, RFC 3261 §25.1).
    private static bool AreNullsQuoted(ReadOnlySpan<byte> value)
    {
        var quoted = false;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == 0)
                return false;
            if (value[i] == '"')
                quoted = !quoted;
            else if (value[i] == '\\' && quoted)
                i++;
        }

        return true;
    }
}
