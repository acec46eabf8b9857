using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// An INFO passes through with its body, and the other phone's answer comes back: one of a package (RFC 6086) when the other phone
/// takes it, one in the old style (RFC 2976) always. A key in the old style goes to the media instead, with those that come there. A MESSAGE in the call
/// (RFC 3428) passes the same way.
/// </summary>
internal sealed class InfoStory(LiveCall call, Leg from)
{
    public async Task RunAsync(SipMessage request, ServerTransaction server)
    {
        var type = request.TryGetHeader(HeaderName.ContentType, out var value) ? System.Text.Encoding.UTF8.GetString(value) : "application/octet-stream";
        var to = call.Other(from);
        if (request.Body.Length > call.Options.MaxInfoBytes)
        {
            from.Respond(server, 413);
            return;
        }

        if (InfoPackages.IsTrickle(request))
        {
            from.Respond(server, 200);
            return;
        }

        // What is in a package is between the phones.
        var package = InfoPackages.PackageOf(request);
        if (request.Method == SipMethod.Info && package.Length == 0 && DigitRelay.TryTake(call, from, request))
        {
            from.Respond(server, 200);
            return;
        }

        // A phone that never said what it takes is asked; it knows best (its 469 passes).
        if (package.Length > 0 && to.Packages is { } taken && !taken.Takes(package))
        {
            from.Respond(server, 469, w => w.Header(HeaderName.RecvInfo, taken.HeaderValue));
            return;
        }

        var reply = await to.RequestAsync(
            request.Method,
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
