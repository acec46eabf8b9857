using System.Text;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <content>Requests that we send in the dialog.</content>
internal abstract partial class Leg
{
    private const string Sdp = "application/sdp";

    /// <summary>Sends a request in the dialog, other than INVITE.</summary>
    public ValueTask<Reply> RequestAsync(SipMethod method, Action<SipWriter>? headers = null, string contentType = "", ReadOnlyMemory<byte> body = default)
    {
        if (IsOver || RequestDialog is not { } dialog)
            return new ValueTask<Reply>(Reply.CallOver);

        var pending = new OutgoingRequest(this) { Retry = RetryOf(dialog, method, headers, contentType, body) };
        _outgoing.Add(pending);
        var request = StartRequest(dialog, method, headers, credentials: null);
        pending.Sent(Engine.SendRequest(Finish(request, contentType, body), method, dialog, Now, pending));
        return pending.ReplyAsync();
    }

    /// <summary>Sends a re-INVITE. Await its reply, then acknowledge it.</summary>
    /// <param name="sdp">The offer; empty to ask for one.</param>
    /// <param name="identity">P-Asserted-Identity (RFC 3325) of whom the phone talks to from then on; empty when that does not change.</param>
    public OutgoingInvite Reinvite(ReadOnlyMemory<byte> sdp, string identity = "")
    {
        Action<SipWriter> headers = identity.Length == 0 ? Session.Offer : writer =>
        {
            Session.Offer(writer);
            writer.Header(HeaderName.PAssertedIdentity, identity);
        };
        if (IsOver || Dialog is not { } dialog)
        {
            var late = new OutgoingInvite(this);
            late.GiveUp();
            return late;
        }

        var pending = new OutgoingInvite(this) { Retry = RetryOf(dialog, SipMethod.Invite, headers, Sdp, sdp) };
        _outgoing.Add(pending);
        var request = StartRequest(dialog, SipMethod.Invite, headers, credentials: null);
        pending.Sent(Engine.SendRequest(Finish(request, Sdp, sdp), SipMethod.Invite, dialog, Now, pending));
        return pending;
    }

    /// <summary>Sends a request of the leg once more, with the credentials that the provider asked for.</summary>
    public ClientTransaction SendAgain(OutgoingRequest pending, TrunkRetry retry, (HeaderName Name, string Value) credentials)
    {
        var request = StartRequest(retry.Dialog, retry.Method, retry.Headers, credentials);
        return Engine.SendRequest(Finish(request, retry.ContentType, retry.Body), retry.Method, retry.Dialog, Now, pending);
    }

    public void SendAck(Dialog dialog, ClientTransaction invite, ReadOnlyMemory<byte> sdp)
    {
        var ack = dialog.Ack(invite.CSeq);
        Trunk?.Repeat(ack);
        Engine.SendAck(dialog, invite, sdp.IsEmpty ? ack.Finish() : ack.Finish("application/sdp"u8, sdp.Span), dialog.Flow);
    }

    /// <summary>An outgoing request has its reply.</summary>
    public void Finished(OutgoingRequest request) => _outgoing.Remove(request);

    // A phone asks for no credentials, and what it is sent is not kept.
    private TrunkRetry? RetryOf(Dialog dialog, SipMethod method, Action<SipWriter>? headers, string contentType, ReadOnlyMemory<byte> body) =>
        Trunk is { } trunk ? new TrunkRetry(trunk, dialog, method, headers, contentType, body.ToArray()) : null;

    private static Core.Buffers.PooledBuffer Finish(SipWriter request, string contentType, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return request.Finish();

        return ReferenceEquals(contentType, Sdp) ? request.Finish("application/sdp"u8, body.Span) : request.Finish(Encoding.UTF8.GetBytes(contentType), body.Span);
    }

    private SipWriter StartRequest(Dialog dialog, SipMethod method, Action<SipWriter>? headers, (HeaderName Name, string Value)? credentials)
    {
        if (Peer is not null)
            Identify(); // a leg that moved to another call has another peer
        var request = dialog.Request(method);
        if (method is SipMethod.Invite or SipMethod.Update)
        {
            WriteContact(request, dialog.Flow);
            request.Header(HeaderName.Allow, Engine.Allow).Header(HeaderName.Supported, Engine.Supported);
            WritePackages(request);
        }

        if (credentials is { } header)
            request.Header(header.Name, header.Value);
        else
            Trunk?.Authorize(request, method, dialog);
        request.Header(HeaderName.UserAgent, Call.Options.Product);
        headers?.Invoke(request);
        return request;
    }
}
