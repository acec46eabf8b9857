namespace Tandem.Sip.Transactions;

/// <summary>What a transition does, besides moving to the next state.</summary>
[Flags]
internal enum TransactionActions : ushort
{
    None = 0,

    /// <summary>Give the message at hand to the transaction user.</summary>
    ToUser = 1 << 0,

    /// <summary>Client: send the request (again).</summary>
    SendRequest = 1 << 1,

    /// <summary>Client: send the ACK of a 300-699 (again), RFC 3261 §17.1.1.3.</summary>
    SendAck = 1 << 2,

    /// <summary>Server: send the response at hand and keep it as the last one.</summary>
    SendResponse = 1 << 3,

    /// <summary>Server: send the last response again, if there is one.</summary>
    RepeatResponse = 1 << 4,

    /// <summary>Server: send 100 made by the transaction.</summary>
    SendTrying = 1 << 5,

    /// <summary>Tell the user that the time is over.</summary>
    InformTimeout = 1 << 6,

    /// <summary>Tell the user that the transport failed.</summary>
    InformTransportError = 1 << 7,

    /// <summary>Start timer A, E or G with T1; nothing on reliable transports.</summary>
    StartRetransmit = 1 << 8,

    /// <summary>Timer A again with twice its interval.</summary>
    DoubleRetransmit = 1 << 9,

    /// <summary>Timer E or G again with twice its interval, at most T2.</summary>
    DoubleRetransmitToT2 = 1 << 10,

    /// <summary>Timer E again with T2.</summary>
    RetransmitAfterT2 = 1 << 11,

    /// <summary>Stop timer A, E or G, or the delay of 100.</summary>
    StopRetransmit = 1 << 12,

    /// <summary>INVITE server: start the delay after which 100 is sent.</summary>
    StartTryingDelay = 1 << 13,
}
