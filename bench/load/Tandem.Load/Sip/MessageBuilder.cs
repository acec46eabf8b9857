using System.Buffers.Text;

namespace Tandem.Load.Sip;

/// <summary>Puts one message together in a buffer that is used again and again.</summary>
internal sealed class MessageBuilder
{
    private readonly byte[] _buffer = new byte[8192];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    public MessageBuilder Clear()
    {
        _length = 0;
        return this;
    }

    public MessageBuilder Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
        return this;
    }

    public MessageBuilder Add(long number)
    {
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_length), out var written);
        _length += written;
        return this;
    }

    /// <summary>Copies all lines of a message that start with <paramref name="name"/>.</summary>
    public MessageBuilder Copy(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name)
    {
        while (Wire.TryNextLine(ref message, name, out var line))
            Add(line).Add("\r\n"u8);

        return this;
    }

    /// <summary>Content-Type, Content-Length, the empty line and the body.</summary>
    public MessageBuilder Body(ReadOnlySpan<byte> sdp)
    {
        if (sdp.Length > 0)
            Add("Content-Type: application/sdp\r\n"u8);

        return Add("Content-Length: "u8).Add(sdp.Length).Add("\r\n\r\n"u8).Add(sdp);
    }
}
