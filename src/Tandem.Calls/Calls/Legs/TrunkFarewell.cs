using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A BYE to a provider, which may ask for credentials once more: a call that it does not end costs money.</summary>
internal sealed class TrunkFarewell(CallEnvironment environment, Dialog dialog, string reason, TrunkUse trunk) : Farewell(environment, dialog)
{
    private readonly Dialog _peer = dialog;
    private int _answers;

    public void Begin() => Send(reason, (bye, dialog) => trunk.Authorize(bye, SipMethod.Bye, dialog));

    protected override bool GoesOnAfter(SipMessage response, ClientTransaction transaction)
    {
        if (response.StatusCode is not (401 or 407) || !trunk.TryAnswer(response, SipMethod.Bye, _peer, transaction.Target, ref _answers, out var credentials))
            return false;

        transaction.Owner = Unattended.Instance;
        Send(reason, (bye, _) => bye.Header(credentials.Name, credentials.Value));
        return true;
    }
}
