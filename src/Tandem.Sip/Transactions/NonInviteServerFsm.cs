using static Tandem.Sip.Transactions.TransactionActions;
using static Tandem.Sip.Transactions.TransactionState;

namespace Tandem.Sip.Transactions;

/// <summary>The non-INVITE server transaction: RFC 3261 §17.2.2, figure 8. Inputs without a row change nothing.</summary>
internal static class NonInviteServerFsm
{
    public static Step Next(TransactionState state, ServerInput input) => state switch
    {
        Trying => InTrying(input),
        Proceeding => InProceeding(input),
        Completed => InCompleted(input),
        _ => new Step(state),
    };

    private static Step InTrying(ServerInput input) => input switch
    {
        ServerInput.Start => new Step(Trying, ToUser, SipTimer.Abandon),
        ServerInput.Provisional => new Step(Proceeding, SendResponse),
        ServerInput.Success or ServerInput.Failure => new Step(Completed, SendResponse, SipTimer.J),
        ServerInput.End => new Step(Terminated, InformTimeout),
        _ => new Step(Trying),
    };

    private static Step InProceeding(ServerInput input) => input switch
    {
        ServerInput.Request => new Step(Proceeding, RepeatResponse),
        ServerInput.Provisional => new Step(Proceeding, SendResponse),
        ServerInput.Success or ServerInput.Failure => new Step(Completed, SendResponse, SipTimer.J),
        ServerInput.TransportError => new Step(Terminated, InformTransportError),
        ServerInput.End => new Step(Terminated, InformTimeout),
        _ => new Step(Proceeding),
    };

    private static Step InCompleted(ServerInput input) => input switch
    {
        ServerInput.Request => new Step(Completed, RepeatResponse),
        ServerInput.TransportError => new Step(Terminated, InformTransportError),
        ServerInput.End => new Step(Terminated),
        _ => new Step(Completed),
    };
}
