namespace Tandem.Sip.Transactions;

/// <summary>What may happen to a server transaction.</summary>
internal enum ServerInput : byte
{
    /// <summary>The request arrived for the first time.</summary>
    Start,

    /// <summary>The request arrived again.</summary>
    Request,

    /// <summary>An ACK arrived.</summary>
    Ack,

    /// <summary>The user sends 100-199.</summary>
    Provisional,

    /// <summary>The user sends 200-299.</summary>
    Success,

    /// <summary>The user sends 300-699.</summary>
    Failure,

    /// <summary>Timer G; in Proceeding of INVITE the delay after which 100 is sent.</summary>
    Retransmit,

    /// <summary>The timer that ends the state: H, I, J or L.</summary>
    End,

    /// <summary>The transport could not send.</summary>
    TransportError,
}
