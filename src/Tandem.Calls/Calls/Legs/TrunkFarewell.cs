using System.Text;
using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Authentication;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A BYE to a provider, which may ask for credentials once more: a call that it does not end costs money.</summary>
internal sealed class TrunkFarewell(CallEnvironment environment, Dialog dialog, string reason, TrunkUse trunk) : Farewell(environment, dialog)
{
    private readonly Dialog _peer = dialog;
    private bool _wasChallenged;

    public void Begin() => Send(reason, (bye, dialog) => trunk.Authorize(bye, SipMethod.Bye, dialog));

    protected override bool GoesOnAfter(SipMessage response, ClientTransaction transaction)
    {
        if (_wasChallenged || response.StatusCode is not (401 or 407))
            return false;

        _wasChallenged = true;
        var host = Trunks.ProfileAddresses.HostOf(Trunks.ProfileAddresses.NextHop(trunk.Profile));
        if (trunk.Credentials.Answer(response, SipMethod.Bye, Encoding.UTF8.GetString(_peer.RemoteTarget), host, out var header, out var value) != DigestClientOutcome.Answered)
            return false;

        transaction.Owner = Unattended.Instance;
        Send(reason, (bye, _) => bye.Header(header, value));
        return true;
    }
}
