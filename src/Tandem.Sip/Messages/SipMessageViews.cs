using Tandem.Sip.Parsing;

namespace Tandem.Sip.Messages;

/// <summary>Typed views of a message. They read the bytes each time; nothing is cached and nothing throws.</summary>
public static class SipMessageViews
{
    extension(SipMessage message)
    {
        /// <summary>The tag of From; empty when there is none.</summary>
        public ReadOnlySpan<byte> FromTag => message.TryGetFrom(out var from) ? from.Tag : default;

        /// <summary>The tag of To; empty when there is none.</summary>
        public ReadOnlySpan<byte> ToTag => message.TryGetTo(out var to) ? to.Tag : default;

        /// <summary>Max-Forwards, 0 to 255; -1 when there is none.</summary>
        public int MaxForwards =>
            message.TryGetHeader(HeaderName.MaxForwards, out var value) && SipText.TryParseNumber(value, 255, out var hops) ? (int)hops : -1;

        /// <summary>The Expires header in seconds; null when there is none or it is no number (RFC 3261 §20.19).</summary>
        public uint? Expires => message.TryGetHeader(HeaderName.Expires, out var value) ? ContactValue.ParseSeconds(value) : null;

        /// <summary>The elements of a comma list over all fields of this name, at most <paramref name="limit"/> of them.</summary>
        public HeaderListEnumerator Values(HeaderName name, int limit = 64) => new(message, name, limit);

        /// <summary>The first Via value.</summary>
        public bool TryGetTopVia(out ViaValue via)
        {
            via = default;
            return message.TryGetFirst(HeaderName.Via, out var value) && ViaValue.TryParse(value, out via);
        }

        /// <summary>The From value.</summary>
        public bool TryGetFrom(out NameAddrValue from)
        {
            from = default;
            return message.TryGetHeader(HeaderName.From, out var value) && NameAddrValue.TryParse(value, out from);
        }

        /// <summary>The To value.</summary>
        public bool TryGetTo(out NameAddrValue to)
        {
            to = default;
            return message.TryGetHeader(HeaderName.To, out var value) && NameAddrValue.TryParse(value, out to);
        }

        /// <summary>The first Contact value.</summary>
        public bool TryGetContact(out ContactValue contact)
        {
            contact = default;
            return message.TryGetFirst(HeaderName.Contact, out var value) && ContactValue.TryParse(value, out contact);
        }

        /// <summary>The CSeq value.</summary>
        public bool TryGetCSeq(out CSeqValue cseq)
        {
            cseq = default;
            return message.TryGetHeader(HeaderName.CSeq, out var value) && CSeqValue.TryParse(value, out cseq);
        }

        /// <summary>The RAck value of a PRACK.</summary>
        public bool TryGetRAck(out RAckValue rack)
        {
            rack = default;
            return message.TryGetHeader(HeaderName.RAck, out var value) && RAckValue.TryParse(value, out rack);
        }

        /// <summary>The RSeq of a reliable provisional response, 1 to 2^32 - 1; 0 when there is none (RFC 3262 §7.1).</summary>
        public uint RSeq =>
            message.TryGetHeader(HeaderName.RSeq, out var value) && SipText.TryParseNumber(value, uint.MaxValue, out var number) ? (uint)number : 0;

        /// <summary>The Session-Expires value.</summary>
        public bool TryGetSessionExpires(out SessionExpiresValue expires)
        {
            expires = default;
            return message.TryGetHeader(HeaderName.SessionExpires, out var value) && SessionExpiresValue.TryParse(value, out expires);
        }

        /// <summary>The first element of a list header; false when there is none.</summary>
        public bool TryGetFirst(HeaderName name, out ReadOnlySpan<byte> value)
        {
            var list = new HeaderListEnumerator(message, name, 1);
            var found = list.MoveNext();
            value = list.Current;
            return found;
        }

        /// <summary>True when the media type of Content-Type is this one, its parameters aside (RFC 3261 §20.15).</summary>
        public bool ContentTypeIs(ReadOnlySpan<byte> type) =>
            message.TryGetHeader(HeaderName.ContentType, out var value) && SipBodies.IsType(value, type);

        /// <summary>
        /// The body, or the part of a multipart body, of this media type: <c>TryGetBody("application/sdp"u8, out var sdp)</c>.
        /// False for an empty body.
        /// </summary>
        public bool TryGetBody(ReadOnlySpan<byte> type, out ReadOnlySpan<byte> body)
        {
            body = default;
            return message.Body.Length > 0
                && message.TryGetHeader(HeaderName.ContentType, out var value)
                && SipBodies.TryFind(message.Body, value, type, SipLimits.Default.MaxBodyNesting, out body);
        }

        /// <summary>True when an option tag stands in Supported, Require, Proxy-Require or Unsupported.</summary>
        public bool HasOption(HeaderName name, ReadOnlySpan<byte> option)
        {
            foreach (var element in message.Values(name))
            {
                if (SipText.EqualsIgnoreCase(element, option))
                    return true;
            }

            return false;
        }

        /// <summary>True when Allow names the method.</summary>
        public bool Allows(SipMethod method)
        {
            foreach (var element in message.Values(HeaderName.Allow))
            {
                if (element.SequenceEqual(SipMethods.Text(method)))
                    return true;
            }

            return false;
        }
    }
}
