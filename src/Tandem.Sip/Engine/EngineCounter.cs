namespace Tandem.Sip.Engine;

/// <summary>What an engine counts. All only ever grow.</summary>
public enum EngineCounter : byte
{
    /// <summary>Requests that arrived, repeated ones too.</summary>
    RequestsReceived,

    /// <summary>Requests sent for the first time, ACKs of 2xx included.</summary>
    RequestsSent,

    /// <summary>Requests sent again by timer A or E.</summary>
    RequestsRetransmitted,

    /// <summary>Responses that arrived.</summary>
    ResponsesReceived,

    /// <summary>Responses sent for the first time with state.</summary>
    ResponsesSent,

    /// <summary>Responses sent again, because the request came again or by a timer.</summary>
    ResponsesRetransmitted,

    /// <summary>Responses sent without a transaction.</summary>
    StatelessResponses,

    /// <summary>Requests that matched a transaction and were not new.</summary>
    RequestsRepeated,

    /// <summary>Responses that matched no transaction: dropped (RFC 6026 §7.2).</summary>
    StrayResponses,

    /// <summary>ACKs that matched neither a transaction nor a 2xx: dropped.</summary>
    StrayAcks,

    /// <summary>Requests with an unknown dialog, and CANCELs of nothing: answered 481.</summary>
    StrayRequests,

    /// <summary>Merged requests: answered 482 (RFC 3261 §8.2.2.2).</summary>
    MergedRequests,

    /// <summary>Looped requests: answered 482 (RFC 5393).</summary>
    LoopedRequests,

    /// <summary>Requests with Max-Forwards 0: answered 483.</summary>
    ExhaustedRequests,

    /// <summary>Requests with a method that is not allowed: answered 405.</summary>
    MethodsNotAllowed,

    /// <summary>Requests with an extension that is not supported: answered 420.</summary>
    ExtensionsNotSupported,

    /// <summary>Requests of a dialog with a CSeq that is not higher than the last: answered 500.</summary>
    OutOfOrderRequests,

    /// <summary>PRACKs without a response to acknowledge: answered 481.</summary>
    StrayPracks,

    /// <summary>Messages that the parser refused and that were answered.</summary>
    RejectedAnswered,

    /// <summary>Messages that the parser refused and that were dropped.</summary>
    RejectedDropped,

    /// <summary>Responses with more than one Via, or none that can be read: dropped (§8.1.3.3).</summary>
    MisroutedResponses,

    /// <summary>Requests refused because a table was full.</summary>
    TableFull,

    /// <summary>Answers to strangers over UDP that lost fields so as not to amplify.</summary>
    AnswersShortened,

    /// <summary>Answers to strangers over UDP that were not sent: the request was too small for any answer.</summary>
    AnswersWithheld,

    /// <summary>Requests refused because the shard was behind: answered 503 with Retry-After.</summary>
    Overloaded,

    /// <summary>Requests that went to TCP for their size (§18.1.1).</summary>
    SwitchesToTcp,

    /// <summary>Requests that came back from TCP to UDP because nobody listened there.</summary>
    FallbacksToUdp,

    /// <summary>Packets that the transport could not send.</summary>
    TransportFailures,

    /// <summary>Requests over UDP that failed because ICMP said that nobody is there (§18.4).</summary>
    Undelivered,

    /// <summary>2xx to INVITE sent again by the UAS core (§13.3.1.4).</summary>
    SuccessRepeated,

    /// <summary>ACKs sent again because a 2xx came again.</summary>
    AcksRepeated,

    /// <summary>Requests that went on to their next target (RFC 3263 §4.3).</summary>
    Failovers,

    /// <summary>Responses of targets that had been given up.</summary>
    LateResponses,
}
