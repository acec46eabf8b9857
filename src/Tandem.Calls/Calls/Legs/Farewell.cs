using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A BYE that nobody awaits. Whatever comes back, or nothing, its dialog is over then (RFC 3261 §15.1.1).</summary>
internal sealed class Farewell : ITransactionOwner
{
    private readonly CallEnvironment _environment;
    private readonly Dialog _dialog;
    private bool _done;

    private Farewell(CallEnvironment environment, Dialog dialog)
    {
        _environment = environment;
        _dialog = dialog;
        environment.OpenTransactions++;
        environment.Farewells++;
    }

    /// <summary>Sends the BYE, with a Reason (RFC 3326) unless <paramref name="reason"/> is empty.</summary>
    public static void Send(CallEnvironment environment, Dialog dialog, string reason)
    {
        var bye = dialog.Request(SipMethod.Bye).Header(HeaderName.UserAgent, environment.Options.Product);
        if (reason.Length > 0)
            bye.Header(HeaderName.Reason, reason);
        environment.Engine.SendRequest(bye, SipMethod.Bye, dialog, environment.Now, new Farewell(environment, dialog));
    }

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode >= 200)
            Finish();
    }

    public void OnTimeout() => Finish();

    public void OnTransportFailed() => Finish();

    public void OnEnded() => Finish();

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
