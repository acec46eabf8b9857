namespace Tandem.Sip.Transactions;

/// <summary>
/// The timers that end a state of a transaction (RFC 3261 table 4, RFC 6026). A state has at most one of them; the
/// retransmission timers A, E and G are a second deadline beside it.
/// </summary>
public enum SipTimer : byte
{
    /// <summary>The running timer goes on.</summary>
    Keep,

    /// <summary>The running timer is stopped.</summary>
    Stop,

    /// <summary>INVITE client, Calling: no response.</summary>
    B,

    /// <summary>INVITE client, Completed: wait for repeated final responses.</summary>
    D,

    /// <summary>Non-INVITE client, Trying and Proceeding: no final response.</summary>
    F,

    /// <summary>INVITE server, Completed: wait for the ACK.</summary>
    H,

    /// <summary>INVITE server, Confirmed: wait for repeated ACKs.</summary>
    I,

    /// <summary>Non-INVITE server, Completed: wait for repeated requests.</summary>
    J,

    /// <summary>Non-INVITE client, Completed: wait for repeated responses.</summary>
    K,

    /// <summary>INVITE server, Accepted: absorb repeated INVITEs (RFC 6026 §7.1).</summary>
    L,

    /// <summary>INVITE client, Accepted: wait for repeated and forked 2xx (RFC 6026 §7.2).</summary>
    M,

    /// <summary>
    /// Non-INVITE server, Trying and Proceeding: the client has given up (its timer F), so a final response has no
    /// reader any more (RFC 4320 §4.2) and the transaction ends.
    /// </summary>
    Abandon,
}
