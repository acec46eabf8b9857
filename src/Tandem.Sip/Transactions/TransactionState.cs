namespace Tandem.Sip.Transactions;

/// <summary>The states of the four transaction machines (RFC 3261 §17, RFC 6026).</summary>
public enum TransactionState : byte
{
    /// <summary>INVITE client: sent, no response yet.</summary>
    Calling,

    /// <summary>Non-INVITE: no response yet.</summary>
    Trying,

    /// <summary>A provisional response was received or sent (INVITE server: from the start).</summary>
    Proceeding,

    /// <summary>A final response (INVITE: 300-699) was received or sent.</summary>
    Completed,

    /// <summary>INVITE server: the ACK of a 300-699 arrived.</summary>
    Confirmed,

    /// <summary>INVITE: a 2xx was received or sent (RFC 6026).</summary>
    Accepted,

    /// <summary>The end; the transaction is in no table any more.</summary>
    Terminated,
}
