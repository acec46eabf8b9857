namespace Tandem.Sip.Resolution;

/// <summary>
/// Domain names as text (RFC 1035 §2.3.1, §3.1): lower case, because names are compared without case, and without the dot at the
/// end. The root is the empty text. Bytes that no host name has are written as <c>\ddd</c>, so that different names on the wire
/// are different texts.
/// </summary>
public static class DnsName
{
    /// <summary>Most bytes of a label (RFC 1035 §2.3.4).</summary>
    public const int MaxLabel = 63;

    /// <summary>Most bytes of a name on the wire, with its lengths and the root (RFC 1035 §2.3.4).</summary>
    public const int MaxWireLength = 255;

    /// <summary>
    /// Reads a name that somebody wrote, for example the host of a URI. False when it cannot be asked for: empty, too long, an
    /// empty label, or a byte that is no letter, digit, hyphen or underscore.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out string name)
    {
        name = "";
        if (text.Length > 0 && text[^1] == '.')
            text = text[..^1];
        if (text.Length is 0 or > MaxWireLength - 2)
            return false;

        Span<char> lower = stackalloc char[text.Length];
        var label = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = (char)text[i];
            if (c == '.')
            {
                if (label == 0)
                    return false;
                label = 0;
            }
            else if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || ++label > MaxLabel)
            {
                return false;
            }

            lower[i] = char.ToLowerInvariant(c);
        }

        if (label == 0)
            return false;

        name = new string(lower);
        return true;
    }

    /// <summary>
    /// True for a name that never exists and that nobody is asked about: one under <c>invalid</c> (RFC 2606 §2, RFC 6761 §6.4), as
    /// browsers write into Contact (RFC 7118 §5).
    /// </summary>
    /// <param name="name">In lower case, without the dot at its end.</param>
    public static bool IsInvalid(string name) => name == "invalid" || name.EndsWith(".invalid", StringComparison.Ordinal);

    /// <summary>True when a name that came over the wire can be asked for in its turn.</summary>
    public static bool IsUsable(string name)
    {
        if (name.Length is 0 or > MaxWireLength - 2)
            return false;

        foreach (var c in name)
        {
            if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                return false;
        }

        return true;
    }

    /// <summary>Writes a usable name in its form on the wire; returns the number of bytes, at most <see cref="MaxWireLength"/>.</summary>
    public static int Write(string name, Span<byte> destination)
    {
        var at = 0;
        var start = 0;
        while (start < name.Length)
        {
            var end = name.IndexOf('.', start);
            if (end < 0)
                end = name.Length;

            if (end - start is 0 or > MaxLabel)
                throw new ArgumentException("not a domain name", nameof(name));

            destination[at++] = (byte)(end - start);
            for (var i = start; i < end; i++)
                destination[at++] = (byte)name[i];
            start = end + 1;
        }

        destination[at++] = 0;
        return at;
    }
}
