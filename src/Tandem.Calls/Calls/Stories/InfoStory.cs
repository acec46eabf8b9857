using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Stories;

/// <summary>An INFO passes through with its body (RFC 6086), and the other phone's answer comes back.</summary>
internal sealed class InfoStory(LiveCall call, Leg from)
{
    public async Task RunAsync(SipMessage request, ServerTransaction server)
    {
        var type = request.TryGetHeader(HeaderName.ContentType, out var value) ? System.Text.Encoding.UTF8.GetString(value) : "application/octet-stream";
        var to = call.Other(from);
        var reply = await to.RequestAsync(
            SipMethod.Info,
            w =>
            {
                foreach (var name in call.Options.RelayedInfoHeaders)
                    w.Copy(request, name);
            },
            type,
            request.BodyMemory);
        from.Respond(server, InDialogReplies.Status(reply));
        InDialogReplies.EndIfGone(call, to, reply);
    }
}
