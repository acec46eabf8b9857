namespace Tandem.Sip.Parsing;

/// <summary>Why a received message is not acceptable. <c>SipRejections</c> maps each to its answer, or to silence and a counter.</summary>
public enum SipRejection : byte
{
    None,

    /// <summary>Not SIP at all: silence.</summary>
    NotSip,

    /// <summary>Via, From, To, Call-ID or CSeq is missing or unreadable, so that no answer can be addressed: silence.</summary>
    NoUsableHead,

    BadRequestLine,
    BadStatusLine,
    BadHeader,
    MissingHeader,
    DuplicateHeader,
    BadVia,
    BadFromOrTo,
    BadCallId,
    BadCSeq,
    CSeqMethodMismatch,
    BadContact,
    BadContentLength,
    BodyTruncated,
    BadMaxForwards,
    BadUri,
    UnsupportedScheme,
    UnsupportedVersion,
    MessageTooLarge,
    TooManyHeaders,
    HeaderTooLong,
    NestingTooDeep,

    /// <summary>The start line is longer than we read: its Request-URI is too long (RFC 3261 §21.4.12).</summary>
    StartLineTooLong,
}
