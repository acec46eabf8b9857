using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// Who uses a dialog (RFC 5057 §3) and hears what comes in it. It hangs on the dialog, and on the server transactions of its
/// INVITEs, as their owner. Of several uses of one dialog (a call and the subscription that a REFER made in it) the first one is
/// the owner and hands on what is not its own.
/// </summary>
internal interface IDialogUser
{
    /// <summary>A request in the dialog; to be answered, now or later.</summary>
    void OnRequest(SipMessage request, ServerTransaction server);

    /// <summary>The extension on the other end, which alone may speak in the dialog from another host; null when any extension may.</summary>
    string? Speaker => null;

    /// <summary>True when the user itself asks for credentials where a request comes from elsewhere.</summary>
    bool ChecksStrangers => false;

    /// <summary>True when requests from there are believed although the dialog knows another host: a provider has many.</summary>
    bool Trusts(in SipFlow flow) => false;

    /// <summary>True when requests from there lack a proof that the other end is known to have, even from the host that the dialog knows.</summary>
    bool Doubts(in SipFlow flow) => false;

    /// <summary>False when the other end is never followed there, whoever says that it is there now.</summary>
    bool MayBeAt(in SipFlow flow) => true;

    /// <summary>The ACK of our 2xx to an INVITE.</summary>
    void OnAck(SipMessage ack)
    {
    }

    /// <summary>The INVITE in <paramref name="server"/> was cancelled; the engine has answered the CANCEL.</summary>
    void OnCancelled(ServerTransaction server, SipMessage? cancel)
    {
    }

    /// <summary>An ACK or PRACK never came, or a response could not be sent.</summary>
    void OnServerFailed(bool transport)
    {
    }
}
