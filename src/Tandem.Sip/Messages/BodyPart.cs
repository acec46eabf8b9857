namespace Tandem.Sip.Messages;

/// <summary>One part of a multipart body (RFC 2046 §5.1.1, RFC 5621).</summary>
public readonly ref struct BodyPart(ReadOnlySpan<byte> head, ReadOnlySpan<byte> content)
{
    /// <summary>The header lines of the part.</summary>
    public ReadOnlySpan<byte> Head { get; } = head;

    /// <summary>The bytes of the part.</summary>
    public ReadOnlySpan<byte> Content { get; } = content;

    /// <summary>The value of Content-Type; empty when the part has none (RFC 2046 §5.1: text/plain).</summary>
    public ReadOnlySpan<byte> ContentType => Find("Content-Type"u8);

    /// <summary>The value of Content-Disposition; empty when the part has none.</summary>
    public ReadOnlySpan<byte> ContentDisposition => Find("Content-Disposition"u8);

    /// <summary>The value of a header of the part, only its first line; empty when there is none.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> name)
    {
        var rest = Head;
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            var colon = line.IndexOf((byte)':');
            if (colon > 0 && SipText.EqualsIgnoreCase(SipText.Trim(line[..colon]), name))
                return SipText.Trim(line[(colon + 1)..].TrimEnd((byte)'\r'));
        }

        return default;
    }
}
