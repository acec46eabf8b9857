namespace Tandem.Sip.Engine;

/// <summary>What the engine tells the transaction user.</summary>
public enum SipEventKind : byte
{
    /// <summary>A new request: Message, Server, and Dialog when its Call-ID and tags belong to one (RFC 3261 §12.2.2).</summary>
    Request,

    /// <summary>The first ACK of a 2xx: Message, Dialog; the 2xx is not repeated any more (§13.3.1.4).</summary>
    Ack2xx,

    /// <summary>A CANCEL for the INVITE in Server, answered 200 already; the user answers the INVITE with 487 (§9.2).</summary>
    Cancelled,

    /// <summary>A response: Message, Client, and for INVITE Dialog. Every provisional, the final one, every 2xx of a fork.</summary>
    Response,

    /// <summary>
    /// Client: no final response in time, to be treated as 408. Server in Completed: the ACK of a 300-699 never came.
    /// Server in Accepted or Terminated: the ACK of the 2xx never came; the user ends the session with BYE (§13.3.1.4).
    /// Server in Proceeding: a reliable provisional response was never acknowledged; the user answers 5xx (RFC 3262 §3).
    /// </summary>
    Timeout,

    /// <summary>A packet of the transaction could not be sent. Client: to be treated as 503 (§8.1.3.1).</summary>
    TransportFailed,

    /// <summary>The transaction is over and in no table any more: client transactions and INVITE server transactions.</summary>
    TransactionEnded,
}
