using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Authentication;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>The last REGISTER of a registration (RFC 3261 §10.2.2): expires 0. A challenge is answered; whatever else comes back, it is over.</summary>
internal sealed class Unregistration(
    TrunkShard shard, RegisterRequest request, ProfileCredentials credentials, string uri, string hostAndPort, SipTargetList targets) : ITransactionOwner
{
    private const int MostRounds = 4;

    private int _rounds;
    private int _answers;
    private bool _isOver;

    // A registrar that a redirection led to gets no credentials: the registration there ends by itself.
    private bool IsOurs => uri == ProfileAddresses.Registrar(request.Profile);

    public void Begin()
    {
        shard.Unregistering++;
        Send(IsOurs && credentials.TryBegin(SipMethod.Register, uri, out var header, out var value) ? (header, value) : null);
    }

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (_isOver || response.StatusCode < 200)
            return;

        if (response.StatusCode is 401 or 407 && IsOurs && ++_rounds < MostRounds
            && credentials.Answer(response, SipMethod.Register, uri, request.Profile.Server, ref _answers, out var header, out var value) == DigestClientOutcome.Answered)
        {
            transaction.Owner = Unattended.Instance;
            Send((header, value));
            return;
        }

        Finish();
    }

    public void OnTimeout() => Finish();

    public void OnTransportFailed() => Finish();

    public void OnEnded() => Finish();

    private void Send((HeaderName Name, string Value)? header)
    {
        var environment = shard.Environment;
        environment.Engine.SendRequest(request.Write(uri, hostAndPort, targets, 0, header), SipMethod.Register, targets, environment.Now, this);
    }

    private void Finish()
    {
        if (_isOver)
            return;

        _isOver = true;
        shard.Unregistering--;
    }
}
