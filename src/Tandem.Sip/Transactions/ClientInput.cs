namespace Tandem.Sip.Transactions;

/// <summary>What may happen to a client transaction.</summary>
internal enum ClientInput : byte
{
    /// <summary>The user sends the request.</summary>
    Start,

    /// <summary>A response 100-199.</summary>
    Provisional,

    /// <summary>A response 200-299.</summary>
    Success,

    /// <summary>A response 300-699.</summary>
    Failure,

    /// <summary>Timer A or E.</summary>
    Retransmit,

    /// <summary>The timer that ends the state: B, D, F, K or M.</summary>
    End,

    /// <summary>The transport could not send.</summary>
    TransportError,
}
