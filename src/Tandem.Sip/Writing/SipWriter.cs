using System.Text;
using Tandem.Core.Buffers;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Writing;

/// <summary>
/// Writes one message into a pooled buffer that grows as needed. Values with CR, LF or a bare NUL are refused by an
/// <see cref="ArgumentException"/>: what comes from the network was checked by the parser, so that is an error of the
/// caller. Content-Length is written by <c>Finish</c>, after which the writer is used up.
/// </summary>
public sealed class SipWriter
{
    private readonly BufferPool _pool;
    private PooledBuffer? _buffer;
    private int _length;

    private SipWriter(BufferPool pool)
    {
        _pool = pool;
        _buffer = pool.Rent();
    }

    /// <summary>Bytes written so far.</summary>
    public int Length => _length;

    /// <summary>The method of a request; for a response null.</summary>
    public SipMethod? Method { get; private init; }

    /// <summary>The status of a response, 0 for a request.</summary>
    public int StatusCode { get; private init; }

    private PooledBuffer Buffer => _buffer ?? throw new InvalidOperationException("the message is finished");

    /// <summary>Starts a request with a method that Tandem knows.</summary>
    public static SipWriter Request(SipMethod method, ReadOnlySpan<byte> uri) => Start(method, SipMethods.Text(method), uri);

    /// <inheritdoc cref="Request(SipMethod, ReadOnlySpan{byte})"/>
    public static SipWriter Request(SipMethod method, string uri) => Start(method, SipMethods.Text(method), Encoding.UTF8.GetBytes(uri));

    /// <summary>Starts a request with any method.</summary>
    public static SipWriter Request(ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri) => Start(SipMethods.Find(method), method, uri);

    /// <summary>Starts a response; an empty reason stands for the standard phrase.</summary>
    public static SipWriter Response(int status, ReadOnlySpan<byte> reason = default)
    {
        if (status is < 100 or > 699)
            throw new ArgumentOutOfRangeException(nameof(status), status, "a status has three digits and is below 700");

        var writer = new SipWriter(BufferPool.Shared) { StatusCode = status };
        writer.Raw("SIP/2.0 "u8);
        writer.Number(status);
        writer.Raw(" "u8);
        writer.Value(reason.Length > 0 ? reason : SipReasons.Text(status));
        writer.Raw("\r\n"u8);
        return writer;
    }

    /// <inheritdoc cref="Response(int, ReadOnlySpan{byte})"/>
    public static SipWriter Response(int status, string reason) => Response(status, reason.Length == 0 ? default : Encoding.UTF8.GetBytes(reason).AsSpan());

    /// <summary>Adds a header field.</summary>
    public SipWriter Header(HeaderName name, ReadOnlySpan<byte> value) => Begin(name).Append(value).End();

    /// <inheritdoc cref="Header(HeaderName, ReadOnlySpan{byte})"/>
    public SipWriter Header(HeaderName name, string value) => Begin(name).Append(value).End();

    /// <inheritdoc cref="Header(HeaderName, ReadOnlySpan{byte})"/>
    public SipWriter Header(HeaderName name, long value) => Begin(name).Append(value).End();

    /// <summary>Adds a header field with a name that Tandem need not know.</summary>
    public SipWriter Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!SipText.IsToken(name))
            throw new ArgumentException("a header name is a token", nameof(name));

        Raw(name);
        Raw(": "u8);
        return Append(value).End();
    }

    /// <summary>Copies all fields of this name, in order, as they were written.</summary>
    public SipWriter Copy(SipMessage from, HeaderName name)
    {
        foreach (ref readonly var field in from.Headers)
        {
            if (field.Name == name)
                Copy(from, field);
        }

        return this;
    }

    /// <summary>Copies one field; the name of a known header is written in its long form.</summary>
    public SipWriter Copy(SipMessage from, in HeaderField field) => field.Name == HeaderName.Other
        ? Header(from.NameOf(field), from.ValueOf(field))
        : Header(field.Name, from.ValueOf(field));

    /// <summary>Starts a header field whose value is put together by <c>Append</c> and closed by <see cref="End"/>.</summary>
    public SipWriter Begin(HeaderName name)
    {
        var text = HeaderNames.Text(name);
        if (text.Length == 0)
            throw new ArgumentException("the header has no name", nameof(name));

        Raw(text);
        Raw(": "u8);
        return this;
    }

    /// <summary>Adds to the value of the field that <see cref="Begin"/> started.</summary>
    public SipWriter Append(ReadOnlySpan<byte> value)
    {
        Value(value);
        return this;
    }

    /// <inheritdoc cref="Append(ReadOnlySpan{byte})"/>
    public SipWriter Append(string value)
    {
        var space = Reserve(Encoding.UTF8.GetMaxByteCount(value.Length));
        var written = Encoding.UTF8.GetBytes(value, space);
        Check(space[..written]);
        _length += written;
        return this;
    }

    /// <inheritdoc cref="Append(ReadOnlySpan{byte})"/>
    public SipWriter Append(long value)
    {
        Number(value);
        return this;
    }

    /// <summary>Closes the field that <see cref="Begin"/> started.</summary>
    public SipWriter End()
    {
        Raw("\r\n"u8);
        return this;
    }

    /// <summary>Ends a message without a body.</summary>
    public PooledBuffer Finish()
    {
        Raw("Content-Length: 0\r\n\r\n"u8);
        return Detach();
    }

    /// <summary>Ends a message with a body.</summary>
    public PooledBuffer Finish(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body)
    {
        Header(HeaderName.ContentType, contentType);
        Header(HeaderName.ContentLength, body.Length);
        Raw("\r\n"u8);
        Raw(body);
        return Detach();
    }

    private static SipWriter Start(SipMethod method, ReadOnlySpan<byte> text, ReadOnlySpan<byte> uri)
    {
        if (!SipText.IsToken(text))
            throw new ArgumentException("a method is a token", nameof(method));
        if (uri.Length == 0 || uri.IndexOfAnyInRange((byte)0, (byte)' ') >= 0)
            throw new ArgumentException("a Request-URI holds neither spaces nor control characters", nameof(uri));

        var writer = new SipWriter(BufferPool.Shared) { Method = method };
        writer.Raw(text);
        writer.Raw(" "u8);
        writer.Raw(uri);
        writer.Raw(" SIP/2.0\r\n"u8);
        return writer;
    }

    private void Value(ReadOnlySpan<byte> value)
    {
        Check(value);
        Raw(value);
    }

    private void Number(long value)
    {
        var space = Reserve(20);
        _length += SipText.Format(value, space);
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> Reserve(int size)
    {
        var buffer = Buffer;
        if (buffer.Array.Length - _length < size)
        {
            var larger = _pool.Rent(Math.Max(buffer.Array.Length * 2, _length + size));
            buffer.Array.AsSpan(0, _length).CopyTo(larger.Array);
            buffer.Release();
            _buffer = buffer = larger;
        }

        return buffer.Array.AsSpan(_length);
    }

    private PooledBuffer Detach()
    {
        var buffer = Buffer;
        buffer.Length = _length;
        _buffer = null;
        return buffer;
    }

    // A NUL behind a backslash is a quoted-pair, the one place where the grammar has it.
    private static void Check(ReadOnlySpan<byte> value)
    {
        for (var from = 0; from < value.Length;)
        {
            var found = value[from..].IndexOfAny((byte)'\r', (byte)'\n', (byte)0);
            if (found < 0)
                return;

            var at = from + found;
            if (value[at] != 0 || at == 0 || value[at - 1] != '\\')
                throw new ArgumentException("a header value must not hold CR, LF or NUL", nameof(value));

            from = at + 1;
        }
    }
}
