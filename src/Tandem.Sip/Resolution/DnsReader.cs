using System.Buffers.Binary;

namespace Tandem.Sip.Resolution;

/// <summary>
/// Reads the parts of a DNS message (RFC 1035 §4). Nothing is believed: a pointer leads only backwards and only a few times, a
/// name is no longer than a name may be, and nothing is read beyond the end.
/// </summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    // Real messages need one or two; a chain of pointers must not make one name cost the whole message.
    private const int MaxPointers = 16;

    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; set; }

    public readonly int Left => _message.Length - Position;

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (Left < 1)
            return false;

        value = _message[Position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (Left < 2)
            return false;

        value = BinaryPrimitives.ReadUInt16BigEndian(_message[Position..]);
        Position += 2;
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        value = 0;
        if (Left < 4)
            return false;

        value = BinaryPrimitives.ReadUInt32BigEndian(_message[Position..]);
        Position += 4;
        return true;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count < 0 || Left < count)
            return false;

        bytes = _message.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>A character-string: a length and so many bytes (RFC 1035 §3.3).</summary>
    public bool TryReadString(out ReadOnlySpan<byte> text)
    {
        text = default;
        return TryReadByte(out var length) && TryReadBytes(length, out text);
    }

    /// <summary>A name, compressed or not (RFC 1035 §4.1.4), as <see cref="DnsName"/> writes it.</summary>
    public bool TryReadName(out string name)
    {
        name = "";
        Span<char> text = stackalloc char[DnsName.MaxWireLength * 4];
        var length = 0;
        var wire = 1;
        var at = Position;
        var segment = Position;
        var pointers = 0;
        while (true)
        {
            if (at >= _message.Length)
                return false;

            var count = _message[at++];
            if (count == 0)
                break;

            if (count >= 0xC0)
            {
                if (at >= _message.Length || ++pointers > MaxPointers)
                    return false;

                var target = ((count & 0x3F) << 8) | _message[at++];
                if (pointers == 1)
                    Position = at;
                if (target >= segment)
                    return false;

                at = target;
                segment = target;
                continue;
            }

            // 01 and 10 are no lengths (RFC 6891 §5).
            wire += count + 1;
            if (count > DnsName.MaxLabel || wire > DnsName.MaxWireLength || at + count > _message.Length)
                return false;

            if (length > 0)
                text[length++] = '.';
            foreach (var b in _message.Slice(at, count))
                length = Append(text, length, b);
            at += count;
        }

        if (pointers == 0)
            Position = at;

        name = length == 0 ? "" : new string(text[..length]);
        return true;
    }

    private static int Append(Span<char> text, int length, byte value)
    {
        var c = (char)value;
        if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        {
            text[length] = char.ToLowerInvariant(c);
            return length + 1;
        }

        text[length] = '\\';
        text[length + 1] = (char)('0' + (value / 100));
        text[length + 2] = (char)('0' + (value / 10 % 10));
        text[length + 3] = (char)('0' + (value % 10));
        return length + 4;
    }
}
