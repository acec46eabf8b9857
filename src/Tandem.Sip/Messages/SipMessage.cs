using Tandem.Core.Buffers;

namespace Tandem.Sip.Messages;

/// <summary>
/// A parsed SIP message: the received bytes and slices of them. Nothing is decoded or copied until it is asked for.
/// A message does not change while somebody owns it. It holds one reference of its buffer; who is done with it may
/// <see cref="Release"/> it, who forgets leaves it to the garbage collector. After the last release it is empty, and later another message.
/// </summary>
public sealed class SipMessage : IBufferAttachment
{
    private readonly PooledBuffer _buffer;
    private HeaderField[] _headers = [];
    private int _headerCount;
    private Range _first;
    private Range _second;
    private int _bodyStart;
    private int _bodyLength;

    private SipMessage(PooledBuffer buffer) => _buffer = buffer;

    public bool IsRequest { get; private set; }

    public bool IsResponse => !IsRequest;

    /// <summary>The method of a request; for a response the method of its CSeq.</summary>
    public SipMethod Method { get; private set; }

    /// <summary>100 to 699 for a response, 0 for a request.</summary>
    public int StatusCode { get; private set; }

    /// <summary>The sequence number of CSeq.</summary>
    public uint CSeq { get; private set; }

    /// <summary>The method as written in the request line; empty for a response.</summary>
    public ReadOnlySpan<byte> MethodText => IsRequest ? Bytes[_first] : default;

    /// <summary>The Request-URI as written; empty for a response.</summary>
    public ReadOnlySpan<byte> RequestUri => IsRequest ? Bytes[_second] : default;

    /// <summary>The reason phrase of a response; empty for a request.</summary>
    public ReadOnlySpan<byte> ReasonPhrase => IsRequest ? default : Bytes[_second];

    /// <summary>The header fields in the order of the message.</summary>
    public ReadOnlySpan<HeaderField> Headers => _headers.AsSpan(0, _headerCount);

    /// <summary>The body, as long as Content-Length says.</summary>
    public ReadOnlySpan<byte> Body => Bytes.Slice(_bodyStart, _bodyLength);

    /// <inheritdoc cref="Body"/>
    public ReadOnlyMemory<byte> BodyMemory => _buffer.Memory.Slice(_bodyStart, _bodyLength);

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.Span;

    /// <summary>The value of Call-ID; empty when a rejected message has none.</summary>
    public ReadOnlySpan<byte> CallId => TryGetHeader(HeaderName.CallId, out var value) ? value : default;

    /// <summary>The name of a field as written.</summary>
    public ReadOnlySpan<byte> NameOf(in HeaderField field) => Bytes.Slice(field.NameStart, field.NameLength);

    /// <summary>The value of a field; folded lines are joined by spaces.</summary>
    public ReadOnlySpan<byte> ValueOf(in HeaderField field) => Bytes.Slice(field.ValueStart, field.ValueLength);

    /// <summary>The value of the first field with this name; false when there is none.</summary>
    public bool TryGetHeader(HeaderName name, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var field in Headers)
        {
            if (field.Name == name)
            {
                value = ValueOf(field);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>How many fields have this name.</summary>
    public int Count(HeaderName name)
    {
        var count = 0;
        foreach (ref readonly var field in Headers)
        {
            if (field.Name == name)
                count++;
        }

        return count;
    }

    /// <summary>True when a field has this name.</summary>
    public bool Has(HeaderName name) => TryGetHeader(name, out _);

    /// <summary>Adds an owner; each owner releases once.</summary>
    public SipMessage Retain()
    {
        _buffer.Retain();
        return this;
    }

    /// <summary>Gives up one owner's reference; the last one returns the buffer to its pool, and this object with it.</summary>
    public void Release() => _buffer.Release();

    void IBufferAttachment.Clear()
    {
        _headerCount = 0;
        _first = _second = default;
        _bodyStart = _bodyLength = 0;
        IsRequest = false;
        Method = SipMethod.Unknown;
        StatusCode = 0;
        CSeq = 0;
    }

    // Nothing of it can be looked at any more: no slice of these fits.
    void IBufferAttachment.Spoil()
    {
        _headerCount = _bodyLength = -1;
        _first = _second = new Range(int.MaxValue, int.MaxValue);
    }

    /// <summary>The message in a buffer, whose reference is taken over. A pooled buffer brings the object of its last message along.</summary>
    /// <param name="buffer">Holds the bytes.</param>
    /// <param name="isRequest">Request or response.</param>
    /// <param name="method">The method of the request line, or of CSeq in a response.</param>
    /// <param name="statusCode">The status of a response, 0 for a request.</param>
    /// <param name="first">The method text, or the SIP version of a response.</param>
    /// <param name="second">The Request-URI, or the reason phrase.</param>
    /// <param name="headers">The header fields in the order of the message; they are copied.</param>
    /// <param name="bodyStart">Where the body starts.</param>
    /// <param name="bodyLength">Its length.</param>
    /// <param name="cseq">The number of CSeq.</param>
    internal static SipMessage In(
        PooledBuffer buffer, bool isRequest, SipMethod method, int statusCode, Range first, Range second, ReadOnlySpan<HeaderField> headers,
        int bodyStart, int bodyLength, uint cseq)
    {
        if (buffer.Attachment is not SipMessage message)
        {
            message = new SipMessage(buffer);
            buffer.Attachment = message;
        }

        if (message._headers.Length < headers.Length)
            message._headers = new HeaderField[headers.Length];

        headers.CopyTo(message._headers);
        message._headerCount = headers.Length;
        message._first = first;
        message._second = second;
        message._bodyStart = bodyStart;
        message._bodyLength = bodyLength;
        message.IsRequest = isRequest;
        message.Method = method;
        message.StatusCode = statusCode;
        message.CSeq = cseq;
        return message;
    }
}
