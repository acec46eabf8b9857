using Tandem.Calls.Trunks.Calls;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <summary>What is needed to send a request in a dialog with a provider once more, when it asks for credentials (RFC 3261 §22).</summary>
/// <param name="trunk">The provider.</param>
/// <param name="dialog">The dialog.</param>
/// <param name="method">The method.</param>
/// <param name="headers">Writes the headers that are the request's own; null for none.</param>
/// <param name="contentType">What the body is.</param>
/// <param name="body">The body, a copy.</param>
internal sealed class TrunkRetry(TrunkUse trunk, Dialog dialog, SipMethod method, Action<SipWriter>? headers, string contentType, ReadOnlyMemory<byte> body)
{
    private int _answers;

    public Dialog Dialog => dialog;

    public SipMethod Method => method;

    public Action<SipWriter>? Headers => headers;

    public string ContentType => contentType;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>True when the response is a challenge that was answered, and the request is to go out again with <paramref name="credentials"/>.</summary>
    public bool TryAnswer(SipMessage response, ClientTransaction transaction, out (HeaderName Name, string Value) credentials)
    {
        credentials = default;
        return response.StatusCode is 401 or 407 && !transaction.IsCancelled && dialog.State != DialogState.Terminated
            && trunk.TryAnswer(response, method, dialog, transaction.Target, ref _answers, out credentials);
    }
}
