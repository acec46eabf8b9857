using Tandem.Core.Buffers;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Parsing;

/// <summary>What is known about a message while it is parsed. The first rejection counts; parsing goes on for the head.</summary>
internal ref partial struct ParseState
{
    // Headers that may stand once: a second one would let two readers see two different messages (RFC 3261 §7.3.1).
    private static readonly byte[] SingleBits = BuildSingleBits(
        HeaderName.From, HeaderName.To, HeaderName.CallId, HeaderName.CSeq, HeaderName.MaxForwards, HeaderName.ContentLength,
        HeaderName.ContentType, HeaderName.Expires, HeaderName.MinExpires, HeaderName.Event, HeaderName.RAck, HeaderName.RSeq,
        HeaderName.SessionExpires, HeaderName.MinSE, HeaderName.ReferTo, HeaderName.ReferredBy, HeaderName.Replaces, HeaderName.Join,
        HeaderName.SipETag, HeaderName.SipIfMatch, HeaderName.SubscriptionState, HeaderName.TargetDialog, HeaderName.MaxBreadth,
        HeaderName.Timestamp, HeaderName.MimeVersion, HeaderName.ContentDisposition, HeaderName.ReplyTo, HeaderName.Priority);

    private readonly Span<byte> _data;
    private readonly SipLimits _limits;
    private readonly Span<HeaderField> _headers;
    private int _headerCount;
    private int _position;
    private SipRejection _rejection;
    private bool _isRequest;
    private SipMethod _method;
    private int _status;
    private Range _first;
    private Range _second;
    private int _bodyStart;
    private int _bodyLength;
    private uint _cseq;
    private uint _seen;
    private int _topVia;
    private int _from;
    private int _to;
    private int _callId;
    private int _cseqField;
    private int _contentLength;
    private int _maxForwards;
    private int _contentType;

    public ParseState(Span<byte> data, SipLimits limits, Span<HeaderField> headers)
    {
        _data = data;
        _limits = limits;
        _headers = headers;
        _topVia = _from = _to = _callId = _cseqField = _contentLength = _maxForwards = _contentType = -1;
    }

    public SipRejection Run()
    {
        if (_data.Length > _limits.MaxMessageBytes)
            Reject(SipRejection.MessageTooLarge);

        // RFC 3261 §7.5: CRLF before the start line is ignored.
        while (_position + 1 < _data.Length && _data[_position] == '\r' && _data[_position + 1] == '\n')
            _position += 2;

        if (!ReadStartLine())
            return _rejection = SipRejection.NotSip;

        ReadHeaders();
        CheckHead();
        CheckBody();
        if (_contentType >= 0 && !SipBodies.IsNestingWithin(_data.Slice(_bodyStart, _bodyLength), Value(_contentType), _limits.MaxBodyNesting))
            Reject(SipRejection.NestingTooDeep);

        return _rejection;
    }

    /// <summary>True when the message goes up: it is good, or it is a request that can be answered.</summary>
    public readonly bool IsAnswerable(SipRejection rejection) => rejection switch
    {
        SipRejection.None => true,
        SipRejection.NotSip or SipRejection.NoUsableHead => false,
        _ => _isRequest && _method != SipMethod.Ack,
    };

    public readonly SipMessage Build(PooledBuffer buffer) =>
        SipMessage.In(buffer, _isRequest, _method, _status, _first, _second, _headers[.._headerCount], _bodyStart, _bodyLength, _cseq);

    private void Reject(SipRejection rejection)
    {
        if (_rejection == SipRejection.None)
            _rejection = rejection;
    }

    private bool ReadStartLine()
    {
        var rest = _data[_position..];
        var end = rest.IndexOf("\r\n"u8);
        if (end < 0)
            return false;

        var start = _position;
        var line = rest[..end];
        _position += end + 2;
        if (line.Length > _limits.MaxStartLineBytes)
            Reject(SipRejection.StartLineTooLong);
        if (line.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
            return false;

        return line.Length > 4 && SipText.EqualsIgnoreCase(line[..4], "SIP/"u8) ? ReadStatusLine(line, start) : ReadRequestLine(line, start);
    }

    // Status-Line = SIP-Version SP Status-Code SP Reason-Phrase; the reason may be empty, and some leave out its space.
    private bool ReadStatusLine(ReadOnlySpan<byte> line, int start)
    {
        var space = line.IndexOf((byte)' ');
        var version = space < 0 ? line : line[..space];
        _first = start..(start + version.Length);
        _second = (start + line.Length)..(start + line.Length);
        if (!IsVersion(version))
            return false;
        if (!IsVersion2(version))
            Reject(SipRejection.UnsupportedVersion);

        var rest = space < 0 ? default : line[(space + 1)..];
        if (rest.Length < 3 || (rest.Length > 3 && rest[3] != ' ') || !SipText.TryParseNumber(rest[..3], 699, out var status) || status < 100)
        {
            Reject(SipRejection.BadStatusLine);
            return true;
        }

        _status = (int)status;
        if (rest.Length > 4)
            _second = (start + space + 5)..(start + line.Length);
        return true;
    }

    // Request-Line = Method SP Request-URI SP SIP-Version, with exactly one space between (RFC 3261 §7.1).
    private bool ReadRequestLine(ReadOnlySpan<byte> line, int start)
    {
        _isRequest = true;
        var trimmed = SipText.Trim(line);
        var last = trimmed.LastIndexOf((byte)' ');
        if (last < 0 || !IsVersion(trimmed[(last + 1)..]))
            return false;

        if (!IsVersion2(trimmed[(last + 1)..]))
            Reject(SipRejection.UnsupportedVersion);

        var space = trimmed.IndexOf((byte)' ');
        var method = trimmed[..space];
        var uri = space < last ? trimmed[(space + 1)..last] : default;
        var offset = start + line.IndexOf(trimmed);
        _method = SipMethods.Find(method);
        _first = offset..(offset + method.Length);
        _second = (offset + Math.Min(space + 1, last))..(offset + last);
        if (trimmed.Length != line.Length || !SipText.IsToken(method) || uri.Length == 0 || uri.ContainsAny((byte)' ', (byte)'\t'))
        {
            Reject(SipRejection.BadRequestLine);
            return true;
        }

        if (!SipUriValue.TryParse(uri, out var parsed))
            Reject(SipRejection.BadUri);
        else if (parsed.Scheme == UriScheme.Other)
            Reject(SipRejection.UnsupportedScheme);
        else if (parsed.Headers.Length > 0 || parsed.TryGetParam("method"u8, out _))
            Reject(SipRejection.BadUri); // RFC 3261 §19.1.1, table 1: neither may stand in a Request-URI.

        return true;
    }

    // The message must end its head with an empty line; whatever comes before that is read, so that it can be answered.
    private void ReadHeaders()
    {
        while (true)
        {
            if (_position + 1 < _data.Length && _data[_position] == '\r' && _data[_position + 1] == '\n')
            {
                _position += 2;
                _bodyStart = _position;
                return;
            }

            if (_headerCount == _headers.Length)
            {
                Reject(SipRejection.TooManyHeaders);
                _bodyStart = _data.Length;
                return;
            }

            var before = _position;
            var rejection = HeaderScanner.Read(_data, _limits.MaxHeaderBytes, ref _position, out var field);
            if (rejection == SipRejection.None)
            {
                Note(field);
                _headers[_headerCount++] = field;
                continue;
            }

            Reject(rejection);
            if (_position > before)
                continue;

            _bodyStart = _data.Length;
            return;
        }
    }

    private void Note(in HeaderField field)
    {
        var bit = SingleBits[(int)field.Name];
        if (bit != 0)
        {
            var mask = 1u << bit;
            if ((_seen & mask) != 0)
            {
                Reject(SipRejection.DuplicateHeader);
                return;
            }

            _seen |= mask;
        }

        switch (field.Name)
        {
            case HeaderName.Via when _topVia < 0: _topVia = _headerCount; break;
            case HeaderName.From: _from = _headerCount; break;
            case HeaderName.To: _to = _headerCount; break;
            case HeaderName.CallId: _callId = _headerCount; break;
            case HeaderName.CSeq: _cseqField = _headerCount; break;
            case HeaderName.ContentLength: _contentLength = _headerCount; break;
            case HeaderName.ContentType: _contentType = _headerCount; break;
            case HeaderName.MaxForwards: _maxForwards = _headerCount; break;
        }
    }

    private readonly ReadOnlySpan<byte> Value(int index) => _data.Slice(_headers[index].ValueStart, _headers[index].ValueLength);

    // SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT
    private static bool IsVersion(ReadOnlySpan<byte> text)
    {
        if (text.Length < 7 || !SipText.EqualsIgnoreCase(text[..4], "SIP/"u8))
            return false;

        var dot = text.IndexOf((byte)'.');
        return dot > 4 && dot + 1 < text.Length && AreDigits(text[4..dot]) && AreDigits(text[(dot + 1)..]);
    }

    private static bool IsVersion2(ReadOnlySpan<byte> text) => text[4..].SequenceEqual("2.0"u8);

    private static bool AreDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static byte[] BuildSingleBits(params ReadOnlySpan<HeaderName> names)
    {
        var bits = new byte[Enum.GetValues<HeaderName>().Length];
        for (var i = 0; i < names.Length; i++)
            bits[(int)names[i]] = (byte)(i + 1);

        return bits;
    }
}
