using static Tandem.Sip.Transactions.TransactionActions;
using static Tandem.Sip.Transactions.TransactionState;

namespace Tandem.Sip.Transactions;

/// <summary>The non-INVITE client transaction: RFC 3261 §17.1.2.2, figure 6. Inputs without a row change nothing.</summary>
internal static class NonInviteClientFsm
{
    public static Step Next(TransactionState state, ClientInput input) => state switch
    {
        Trying => InTrying(input),
        Proceeding => InProceeding(input),
        Completed => InCompleted(input),
        _ => new Step(state),
    };

    private static Step InTrying(ClientInput input) => input switch
    {
        ClientInput.Start => new Step(Trying, SendRequest | StartRetransmit, SipTimer.F),
        ClientInput.Retransmit => new Step(Trying, SendRequest | DoubleRetransmitToT2),
        ClientInput.Provisional => new Step(Proceeding, ToUser),
        ClientInput.Success or ClientInput.Failure => new Step(Completed, ToUser | StopRetransmit, SipTimer.K),
        ClientInput.End => new Step(Terminated, InformTimeout),
        ClientInput.TransportError => new Step(Terminated, InformTransportError),
        _ => new Step(Trying),
    };

    private static Step InProceeding(ClientInput input) => input switch
    {
        ClientInput.Retransmit => new Step(Proceeding, SendRequest | RetransmitAfterT2),
        ClientInput.Provisional => new Step(Proceeding, ToUser),
        ClientInput.Success or ClientInput.Failure => new Step(Completed, ToUser | StopRetransmit, SipTimer.K),
        ClientInput.End => new Step(Terminated, InformTimeout),
        ClientInput.TransportError => new Step(Terminated, InformTransportError),
        _ => new Step(Proceeding),
    };

    private static Step InCompleted(ClientInput input) => input switch
    {
        ClientInput.End => new Step(Terminated),
        _ => new Step(Completed),
    };
}
