using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>One REGISTER and its final answer.</summary>
/// <param name="registration">Hears of the end.</param>
/// <param name="environment">The shard.</param>
/// <param name="host">The host that it was sent to.</param>
internal sealed class RegisterExchange(ProfileRegistration registration, CallEnvironment environment, string host) : ITransactionOwner
{
    private ClientTransaction? _transaction;
    private bool _isDone;

    /// <summary>The host that the REGISTER was sent to: whose challenges are looked at.</summary>
    public string Host => host;

    public void Send(SipWriter request, SipTargetList targets) =>
        _transaction = environment.Engine.SendRequest(request, SipMethod.Register, targets, environment.Now, this);

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode >= 200)
            Finish(response.StatusCode, response, transaction);
    }

    public void OnTimeout() => Finish(408, null, _transaction);

    public void OnTransportFailed() => Finish(503, null, _transaction);

    public void OnEnded() => Finish(408, null, _transaction);

    private void Finish(int status, SipMessage? response, ClientTransaction? transaction)
    {
        if (_isDone)
            return;

        _isDone = true;
        registration.OnFinal(this, status, response, transaction);
    }
}
