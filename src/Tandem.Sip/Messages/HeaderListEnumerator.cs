using Tandem.Sip.Parsing;

namespace Tandem.Sip.Messages;

/// <summary>
/// The elements of a comma list over all fields of one name, in order (RFC 3261 §7.3.1). Commas inside quotes and angle
/// brackets do not separate. Empty elements are left out.
/// </summary>
public ref struct HeaderListEnumerator
{
    private readonly SipMessage _message;
    private readonly HeaderName _name;
    private readonly int _limit;
    private int _field;
    private int _count;
    private ReadOnlySpan<byte> _rest;

    internal HeaderListEnumerator(SipMessage message, HeaderName name, int limit)
    {
        _message = message;
        _name = name;
        _limit = limit;
    }

    /// <summary>The current element without white space around it.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly HeaderListEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_count < _limit)
        {
            while (_rest.Length > 0)
            {
                Current = TakeElement(ref _rest);
                if (Current.Length > 0)
                {
                    _count++;
                    return true;
                }
            }

            if (!NextField())
                break;
        }

        Current = default;
        return false;
    }

    /// <summary>Takes the text up to the next comma outside quotes and brackets from the front.</summary>
    internal static ReadOnlySpan<byte> TakeElement(scoped ref ReadOnlySpan<byte> rest)
    {
        var i = 0;
        while (true)
        {
            var next = rest[i..].IndexOfAny((byte)',', (byte)'"', (byte)'<');
            if (next < 0)
                break;

            i += next;
            if (rest[i] == ',')
            {
                var element = SipText.Trim(rest[..i]);
                rest = rest[(i + 1)..];
                return element;
            }

            // An unclosed quote or bracket swallows the rest: the element is malformed and its view will say so.
            var skip = rest[i] == '"' ? SipText.QuotedLength(rest[i..]) : rest[i..].IndexOf((byte)'>') + 1;
            if (skip <= 0)
                break;

            i += skip;
        }

        var last = SipText.Trim(rest);
        rest = default;
        return last;
    }

    private bool NextField()
    {
        var headers = _message.Headers;
        while (_field < headers.Length)
        {
            ref readonly var field = ref headers[_field++];
            if (field.Name == _name)
            {
                _rest = _message.ValueOf(field);
                return true;
            }
        }

        return false;
    }
}
