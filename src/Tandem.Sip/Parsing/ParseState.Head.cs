using Tandem.Sip.Messages;

namespace Tandem.Sip.Parsing;

/// <summary>What must hold between the fields of a message that was read: the head that identifies it, and the length of its body.</summary>
internal ref partial struct ParseState
{
    private void CheckHead()
    {
        if (_topVia < 0 || _cseqField < 0)
        {
            _rejection = SipRejection.NoUsableHead;
            return;
        }

        CheckVias();
        if (_rejection == SipRejection.NoUsableHead)
            return;

        if (_from < 0 || _to < 0 || _callId < 0)
            Reject(SipRejection.MissingHeader);
        if ((_from >= 0 && !NameAddrValue.TryParse(Value(_from), out _)) || (_to >= 0 && !NameAddrValue.TryParse(Value(_to), out _)))
            Reject(SipRejection.BadFromOrTo);
        if (_callId >= 0 && !SipText.IsCallId(Value(_callId)))
            Reject(SipRejection.BadCallId);

        CheckCSeq();
        if (_maxForwards >= 0 && !SipText.TryParseNumber(Value(_maxForwards), 255, out _))
            Reject(SipRejection.BadMaxForwards);
        if (_isRequest)
            CheckContacts();

        CheckListLength(HeaderName.Route);
        CheckListLength(HeaderName.RecordRoute);
    }

    // The top Via must be readable or nothing can be answered; the others must be well-formed.
    private void CheckVias()
    {
        var count = 0;
        for (var i = _topVia; i < _headerCount; i++)
        {
            if (_headers[i].Name != HeaderName.Via)
                continue;

            var rest = Value(i);
            do
            {
                var element = HeaderListEnumerator.TakeElement(ref rest);
                var readable = ViaValue.TryParse(element, out var via);
                if (!readable && count == 0)
                {
                    _rejection = SipRejection.NoUsableHead;
                    return;
                }

                if (!readable || !via.AreParamsWellFormed() || (!via.IsSip2 && _rejection != SipRejection.UnsupportedVersion))
                    Reject(SipRejection.BadVia);
                if (++count > _limits.MaxListElements)
                {
                    Reject(SipRejection.TooManyHeaders);
                    return;
                }
            }
            while (rest.Length > 0);
        }
    }

    private void CheckCSeq()
    {
        if (!CSeqValue.TryParse(Value(_cseqField), out var cseq))
        {
            Reject(SipRejection.BadCSeq);
            return;
        }

        _cseq = cseq.Number;
        if (!_isRequest)
            _method = cseq.Method;
        else if (!cseq.MethodText.SequenceEqual(_data[_first]))
            Reject(SipRejection.CSeqMethodMismatch);
    }

    // Only requests: a response with a Contact that we cannot read is better than no response at all.
    private void CheckContacts()
    {
        var count = 0;
        var star = false;
        for (var i = 0; i < _headerCount; i++)
        {
            if (_headers[i].Name != HeaderName.Contact)
                continue;

            var rest = Value(i);
            do
            {
                if (!ContactValue.TryParse(HeaderListEnumerator.TakeElement(ref rest), out var contact))
                {
                    Reject(SipRejection.BadContact);
                    return;
                }

                star |= contact.IsStar;
                if (++count > _limits.MaxListElements)
                {
                    Reject(SipRejection.TooManyHeaders);
                    return;
                }
            }
            while (rest.Length > 0);
        }

        // RFC 3261 §10.2.2: the star stands alone, and only in a REGISTER.
        if (star && (count > 1 || _method != SipMethod.Register))
            Reject(SipRejection.BadContact);
    }

    private void CheckListLength(HeaderName name)
    {
        var count = 0;
        for (var i = 0; i < _headerCount; i++)
        {
            if (_headers[i].Name != name)
                continue;

            var rest = Value(i);
            while (rest.Length > 0)
            {
                HeaderListEnumerator.TakeElement(ref rest);
                if (++count > _limits.MaxListElements)
                {
                    Reject(SipRejection.TooManyHeaders);
                    return;
                }
            }
        }
    }

    // RFC 3261 §18.3: without Content-Length the body is the rest of the datagram; bytes behind it are ignored.
    private void CheckBody()
    {
        var available = _data.Length - _bodyStart;
        if (_contentLength < 0)
        {
            _bodyLength = available;
            return;
        }

        if (!SipText.TryParseNumber(Value(_contentLength), int.MaxValue, out var length))
        {
            Reject(SipRejection.BadContentLength);
            return;
        }

        if (length > available)
        {
            Reject(SipRejection.BodyTruncated);
            return;
        }

        _bodyLength = (int)length;
    }
}
