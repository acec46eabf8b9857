using System.Text;
using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <summary>A PRACK to a provider (RFC 3262 §4), which may ask for credentials for it: unacknowledged, its response would come again and again.</summary>
internal sealed class TrunkPrack : ITransactionOwner
{
    private readonly CallEnvironment _environment;
    private readonly Dialog _dialog;
    private readonly TrunkUse _trunk;
    private readonly string _acknowledged;
    private readonly ReadOnlyMemory<byte> _sdp;
    private int _answers;

    /// <param name="environment">The shard.</param>
    /// <param name="dialog">The early dialog.</param>
    /// <param name="response">The reliable provisional response.</param>
    /// <param name="sdp">The answer to its offer; empty when there is none to give.</param>
    /// <param name="trunk">The provider.</param>
    public TrunkPrack(CallEnvironment environment, Dialog dialog, SipMessage response, ReadOnlyMemory<byte> sdp, TrunkUse trunk)
    {
        _environment = environment;
        _dialog = dialog;
        _trunk = trunk;
        _sdp = sdp.ToArray();
        _acknowledged = $"{response.RSeq} {response.CSeq} {Encoding.ASCII.GetString(SipMethods.Text(response.Method))}";
    }

    public void Begin() => Send(prack => _trunk.Authorize(prack, SipMethod.Prack, _dialog));

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (response.StatusCode is not (401 or 407) || _dialog.State == DialogState.Terminated
            || !_trunk.TryAnswer(response, SipMethod.Prack, _dialog, transaction.Target, ref _answers, out var credentials))
            return;

        transaction.Owner = Unattended.Instance;
        Send(prack => prack.Header(credentials.Name, credentials.Value));
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

    private void Send(Action<SipWriter> credentials)
    {
        var prack = _dialog.Request(SipMethod.Prack).Header(HeaderName.RAck, _acknowledged);
        credentials(prack);
        prack.Header(HeaderName.UserAgent, _environment.Options.Product);
        var bytes = _sdp.IsEmpty ? prack.Finish() : prack.Finish("application/sdp"u8, _sdp.Span);
        _environment.Engine.SendRequest(bytes, SipMethod.Prack, _dialog, _environment.Now, this);
    }
}
