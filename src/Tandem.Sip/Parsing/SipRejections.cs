namespace Tandem.Sip.Parsing;

/// <summary>The answer to each <see cref="SipRejection"/>.</summary>
public static class SipRejections
{
    /// <summary>
    /// The status and reason phrase for a rejected request; null where silence is the answer. Responses and ACK are never
    /// answered: the parser gives no message for them.
    /// </summary>
    public static (int Status, string Reason)? AnswerFor(SipRejection rejection) => rejection switch
    {
        SipRejection.None or SipRejection.NotSip or SipRejection.NoUsableHead or SipRejection.BadStatusLine => null,
        SipRejection.BadRequestLine => (400, "Bad Request Line"),
        SipRejection.BadHeader => (400, "Bad Header Field"),
        SipRejection.MissingHeader => (400, "Missing Header Field"),
        SipRejection.DuplicateHeader => (400, "Duplicate Header Field"),
        SipRejection.BadVia => (400, "Bad Via"),
        SipRejection.BadFromOrTo => (400, "Bad From or To"),
        SipRejection.BadCallId => (400, "Bad Call-ID"),
        SipRejection.BadCSeq => (400, "Bad CSeq"),
        SipRejection.CSeqMethodMismatch => (400, "CSeq Method Mismatch"),
        SipRejection.BadContact => (400, "Bad Contact"),
        SipRejection.BadContentLength => (400, "Bad Content-Length"),
        SipRejection.BodyTruncated => (400, "Body Shorter than Content-Length"),
        SipRejection.BadMaxForwards => (400, "Bad Max-Forwards"),
        SipRejection.BadUri => (400, "Bad Request-URI"),
        SipRejection.UnsupportedScheme => (416, "Unsupported URI Scheme"),
        SipRejection.UnsupportedVersion => (505, "Version Not Supported"),
        SipRejection.MessageTooLarge => (513, "Message Too Large"),
        SipRejection.TooManyHeaders => (400, "Too Many Header Fields"),
        SipRejection.HeaderTooLong => (400, "Header Field Too Long"),
        SipRejection.NestingTooDeep => (400, "Body Nested Too Deeply"),
        SipRejection.StartLineTooLong => (414, "Request-URI Too Long"),
        _ => null,
    };
}
