using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>Owns requests whose response changes nothing: PRACK.</summary>
internal sealed class Unattended : ITransactionOwner
{
    public static readonly Unattended Instance = new();

    private Unattended()
    {
    }

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
    }

    public void OnTimeout()
    {
    }

    public void OnTransportFailed()
    {
    }

    public void OnEnded()
    {
    }
}
