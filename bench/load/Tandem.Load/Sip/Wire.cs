namespace Tandem.Load.Sip;

/// <summary>What a load needs of a SIP message: its start line, single header lines and parameters. Written for messages of well-behaved servers.</summary>
internal static class Wire
{
    /// <summary>The status of a response; 0 for a request.</summary>
    public static int Status(ReadOnlySpan<byte> message) =>
        message.StartsWith("SIP/2.0 "u8) && message.Length > 12 ? ((message[8] - '0') * 100) + ((message[9] - '0') * 10) + (message[10] - '0') : 0;

    /// <summary>The value of the first header of this name (written <c>Name:</c>); empty when there is none.</summary>
    public static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> message, scoped ReadOnlySpan<byte> name)
    {
        var rest = message;
        return TryNextLine(ref rest, name, out var line) ? line[name.Length..].Trim((byte)' ') : default;
    }

    /// <summary>Moves to the next line that starts with <paramref name="name"/> and gives it without its end.</summary>
    public static bool TryNextLine(scoped ref ReadOnlySpan<byte> rest, scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var end = rest.IndexOf("\r\n"u8);
            if (end <= 0)
            {
                line = default;
                return false;
            }

            line = rest[..end];
            rest = rest[(end + 2)..];
            if (line.StartsWith(name))
                return true;
        }
    }

    /// <summary>What stands in quotes after <paramref name="name"/> (written <c>name="</c>); empty when it is not there.</summary>
    public static ReadOnlySpan<byte> Quoted(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name)
    {
        var at = value.IndexOf(name);
        if (at < 0)
            return default;

        var rest = value[(at + name.Length)..];
        return rest[..Math.Max(0, rest.IndexOf((byte)'"'))];
    }

    /// <summary>The URI in angle brackets, or all of the value.</summary>
    public static ReadOnlySpan<byte> Uri(ReadOnlySpan<byte> value)
    {
        var open = value.IndexOf((byte)'<');
        var close = value.IndexOf((byte)'>');
        return open >= 0 && close > open ? value[(open + 1)..close] : value;
    }

    /// <summary>The number before the @ of the first SIP URI in <paramref name="value"/>; -1 when there is none.</summary>
    public static int Number(ReadOnlySpan<byte> value)
    {
        var at = value.IndexOf("sip:"u8);
        return at < 0 ? -1 : Digits(value[(at + 4)..]);
    }

    /// <summary>The digits at the start; -1 when there are none.</summary>
    public static int Digits(ReadOnlySpan<byte> text)
    {
        var number = -1;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
                break;

            number = (Math.Max(0, number) * 10) + (c - '0');
        }

        return number;
    }

    /// <summary>The length of the first message in a stream; 0 while it is not whole.</summary>
    public static int MessageLength(ReadOnlySpan<byte> stream)
    {
        var head = stream.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return 0;

        var length = head + 4 + Math.Max(0, Digits(Header(stream[..(head + 2)], "Content-Length:"u8)));
        return length <= stream.Length ? length : 0;
    }
}
