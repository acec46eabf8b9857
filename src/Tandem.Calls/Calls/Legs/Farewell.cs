using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A BYE that nobody awaits. Whatever comes back, or nothing, its dialog is over then (RFC 3261 §15.1.1).</summary>
internal class Farewell : ITransactionOwner
{
    private readonly CallEnvironment _environment;
    private readonly Dialog _dialog;
    private bool _done;

    protected Farewell(CallEnvironment environment, Dialog dialog)
    {
        _environment = environment;
        _dialog = dialog;
        environment.OpenTransactions++;
        environment.Farewells++;
    }

    /// <summary>Sends the BYE, with a Reason (RFC 3326) unless <paramref name="reason"/> is empty.</summary>
    /// <param name="environment">The shard.</param>
    /// <param name="dialog">The dialog that ends.</param>
    /// <param name="reason">The Reason.</param>
    /// <param name="trunk">The provider on the other end, which may ask for credentials; null for a phone.</param>
    public static void Send(CallEnvironment environment, Dialog dialog, string reason, TrunkUse? trunk = null)
    {
        if (trunk is null)
            new Farewell(environment, dialog).Send(reason);
        else
            new TrunkFarewell(environment, dialog, reason, trunk).Begin();
    }

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode >= 200 && !GoesOnAfter(response, transaction))
            Finish();
    }

    public void OnTimeout() => Finish();

    public void OnTransportFailed() => Finish();

    public void OnEnded() => Finish();

    /// <summary>True when the BYE goes out again, for what was answered.</summary>
    protected virtual bool GoesOnAfter(SipMessage response, ClientTransaction transaction) => false;

    protected void Send(string reason, Action<SipWriter, Dialog>? more = null)
    {
        var bye = _dialog.Request(SipMethod.Bye).Header(HeaderName.UserAgent, _environment.Options.Product);
        if (reason.Length > 0)
            bye.Header(HeaderName.Reason, reason);
        more?.Invoke(bye, _dialog);
        _environment.Engine.SendRequest(bye, SipMethod.Bye, _dialog, _environment.Now, this);
    }

    private void Finish()
    {
        if (_done)
            return;

        _done = true;
        _environment.OpenTransactions--;
        _environment.Farewells--;
        _dialog.Terminate();
    }
}
