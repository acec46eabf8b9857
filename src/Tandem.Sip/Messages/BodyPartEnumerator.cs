namespace Tandem.Sip.Messages;

/// <summary>
/// The parts of a multipart body in order (RFC 2046 §5.1.1). What stands before the first and behind the last boundary is
/// left out; a body that ends without its closing boundary gives the parts that are there.
/// </summary>
public ref struct BodyPartEnumerator
{
    private readonly ReadOnlySpan<byte> _boundary;
    private ReadOnlySpan<byte> _rest;

    internal BodyPartEnumerator(ReadOnlySpan<byte> body, ReadOnlySpan<byte> boundary)
    {
        _boundary = boundary;
        _rest = boundary.Length > 0 && TryFindLine(body, out _, out var after, out var last) && !last ? body[after..] : default;
    }

    /// <summary>The current part.</summary>
    public BodyPart Current { get; private set; }

    public readonly BodyPartEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length == 0)
            return false;

        var part = _rest;
        if (TryFindLine(_rest, out var start, out var after, out var last))
        {
            part = _rest[..start];
            _rest = last ? default : _rest[after..];

            // The line break before a boundary belongs to the boundary.
            part = part.EndsWith("\r\n"u8) ? part[..^2] : part.EndsWith("\n"u8) ? part[..^1] : part;
        }
        else
        {
            _rest = default;
        }

        Current = Split(part);
        return true;
    }

    private static BodyPart Split(ReadOnlySpan<byte> part)
    {
        if (part.StartsWith("\r\n"u8))
            return new BodyPart(default, part[2..]);

        var end = part.IndexOf("\r\n\r\n"u8);
        return end < 0 ? new BodyPart(part, default) : new BodyPart(part[..end], part[(end + 4)..]);
    }

    // A boundary stands at the start of a line: "--" boundary ["--"] and nothing but white space behind it.
    private readonly bool TryFindLine(ReadOnlySpan<byte> text, out int start, out int after, out bool last)
    {
        var from = 0;
        while (true)
        {
            start = after = 0;
            last = false;
            var found = text[from..].IndexOf(_boundary);
            if (found < 0)
                return false;

            start = from + found - 2;
            after = from + found + _boundary.Length;
            from = after;
            if (start < 0 || !text[start..].StartsWith("--"u8) || (start > 0 && text[start - 1] != '\n'))
                continue;

            last = text[after..].StartsWith("--"u8);
            if (last)
                return true;

            while (after < text.Length && SipText.IsSpace(text[after]))
                after++;

            if (text[after..].StartsWith("\r\n"u8))
            {
                after += 2;
                return true;
            }
        }
    }
}
