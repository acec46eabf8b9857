using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>Who sent a request and hears what becomes of it. It hangs on the client transaction as its owner.</summary>
internal interface ITransactionOwner
{
    /// <summary>A response came: provisional, final, or a 2xx again or from another fork.</summary>
    void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog);

    /// <summary>No final response came in time.</summary>
    void OnTimeout();

    /// <summary>The request could not be sent.</summary>
    void OnTransportFailed();

    /// <summary>The transaction is over; nothing comes after this.</summary>
    void OnEnded();
}
