using static Tandem.Sip.Transactions.TransactionActions;
using static Tandem.Sip.Transactions.TransactionState;

namespace Tandem.Sip.Transactions;

/// <summary>The INVITE server transaction: RFC 3261 §17.2.1 with figure 7 of RFC 6026. Inputs without a row change nothing.</summary>
internal static class InviteServerFsm
{
    public static Step Next(TransactionState state, ServerInput input) => state switch
    {
        Proceeding => InProceeding(input),
        Completed => InCompleted(input),
        Confirmed => InConfirmed(input),
        Accepted => InAccepted(input),
        _ => new Step(state),
    };

    private static Step InProceeding(ServerInput input) => input switch
    {
        ServerInput.Start => new Step(Proceeding, ToUser | StartTryingDelay),
        ServerInput.Retransmit => new Step(Proceeding, SendTrying),
        ServerInput.Request => new Step(Proceeding, RepeatResponse),
        ServerInput.Provisional => new Step(Proceeding, SendResponse | StopRetransmit),
        ServerInput.Success => new Step(Accepted, SendResponse | StopRetransmit, SipTimer.L),
        ServerInput.Failure => new Step(Completed, SendResponse | StartRetransmit, SipTimer.H),
        ServerInput.TransportError => new Step(Proceeding, InformTransportError),
        _ => new Step(Proceeding),
    };

    private static Step InCompleted(ServerInput input) => input switch
    {
        ServerInput.Request => new Step(Completed, RepeatResponse),
        ServerInput.Retransmit => new Step(Completed, RepeatResponse | DoubleRetransmitToT2),
        ServerInput.Ack => new Step(Confirmed, StopRetransmit, SipTimer.I),
        ServerInput.End => new Step(Terminated, InformTimeout),
        ServerInput.TransportError => new Step(Completed, InformTransportError),
        _ => new Step(Completed),
    };

    private static Step InConfirmed(ServerInput input) => input switch
    {
        ServerInput.End => new Step(Terminated),
        _ => new Step(Confirmed),
    };

    // RFC 6026 §7.1: repeated INVITEs are absorbed; the 2xx is repeated by the UAS core, never by the transaction.
    private static Step InAccepted(ServerInput input) => input switch
    {
        ServerInput.Success => new Step(Accepted, SendResponse),
        ServerInput.Ack => new Step(Accepted, ToUser),
        ServerInput.End => new Step(Terminated),
        ServerInput.TransportError => new Step(Accepted, InformTransportError),
        _ => new Step(Accepted),
    };
}
