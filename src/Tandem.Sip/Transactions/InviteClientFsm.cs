using static Tandem.Sip.Transactions.TransactionActions;
using static Tandem.Sip.Transactions.TransactionState;

namespace Tandem.Sip.Transactions;

/// <summary>The INVITE client transaction: RFC 3261 §17.1.1.2 with figure 5 of RFC 6026. Inputs without a row change nothing.</summary>
internal static class InviteClientFsm
{
    public static Step Next(TransactionState state, ClientInput input) => state switch
    {
        Calling => InCalling(input),
        Proceeding => InProceeding(input),
        Completed => InCompleted(input),
        Accepted => InAccepted(input),
        _ => new Step(state),
    };

    private static Step InCalling(ClientInput input) => input switch
    {
        ClientInput.Start => new Step(Calling, SendRequest | StartRetransmit, SipTimer.B),
        ClientInput.Retransmit => new Step(Calling, SendRequest | DoubleRetransmit),
        ClientInput.Provisional => new Step(Proceeding, ToUser | StopRetransmit, SipTimer.Stop),
        ClientInput.Success => new Step(Accepted, ToUser | StopRetransmit, SipTimer.M),
        ClientInput.Failure => new Step(Completed, SendAck | ToUser | StopRetransmit, SipTimer.D),
        ClientInput.End => new Step(Terminated, InformTimeout),
        ClientInput.TransportError => new Step(Terminated, InformTransportError),
        _ => new Step(Calling),
    };

    // The end timer of this state runs only after a CANCEL: without a final response 64*T1 later the transaction is
    // considered cancelled and is destroyed (RFC 3261 §9.1).
    private static Step InProceeding(ClientInput input) => input switch
    {
        ClientInput.Provisional => new Step(Proceeding, ToUser),
        ClientInput.Success => new Step(Accepted, ToUser, SipTimer.M),
        ClientInput.Failure => new Step(Completed, SendAck | ToUser, SipTimer.D),
        ClientInput.End => new Step(Terminated, InformTimeout),
        _ => new Step(Proceeding),
    };

    private static Step InCompleted(ClientInput input) => input switch
    {
        ClientInput.Failure => new Step(Completed, SendAck),
        ClientInput.TransportError => new Step(Terminated, InformTransportError),
        ClientInput.End => new Step(Terminated),
        _ => new Step(Completed),
    };

    // RFC 6026 §7.2: every 2xx, repeated or from another fork, goes up; the ACK is the user's.
    private static Step InAccepted(ClientInput input) => input switch
    {
        ClientInput.Success => new Step(Accepted, ToUser),
        ClientInput.End => new Step(Terminated),
        _ => new Step(Accepted),
    };
}
