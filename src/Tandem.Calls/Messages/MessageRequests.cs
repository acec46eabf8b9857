using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Security;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Messages;

/// <summary>
/// MESSAGE outside a dialog (RFC 3428): from an extension to the phones of another, with a verdict for the sender and an event. Nothing
/// is stored, so 202 is never said; the text is neither kept nor logged.
/// </summary>
internal sealed class MessageRequests(
    CallEnvironment environment, MessageOptions options, RegistrarTable registrar, RequestAuthenticator authenticator, IExtensionDirectory extensions,
    SendingRates rates, MessageCounters counters, Func<bool> isDraining) : IRequestHandler
{
    private const int LimitedRetryAfter = 10;

    private readonly ContactLines _lines = new(options.MaxWaitingPerContact);

    /// <summary>Contacts that a message is on its way to.</summary>
    public int Lines => _lines.Count;

    public void Receive(SipMessage request, ServerTransaction server)
    {
        if (!server.IsInitial)
        {
            Respond(server, server.Reply(481));
            return;
        }

        // A message of ours that came back (RFC 5393).
        if (environment.IsOwnCallId(request.CallId))
        {
            environment.Engine.RespondWithoutState(server, Finish(server.Reply(482)));
            return;
        }

        if (isDraining())
        {
            environment.Engine.RespondWithoutState(server, Finish(server.Reply(503).Header(HeaderName.RetryAfter, environment.Options.DrainRetryAfter)));
            return;
        }

        var outcome = authenticator.Check(request, server.Flow, environment.Now);
        if (outcome.Response is { } response)
            environment.Engine.RespondWithoutState(server, Finish(response));
        else if (outcome.Extension is not { } sender)
            Respond(server, server.Reply(403));
        else
            Take(request, server, sender);
    }

    private void Take(SipMessage request, ServerTransaction server, Extension sender)
    {
        var called = SipUriValue.TryParse(request.RequestUri, out var uri) ? uri.UserText() : "";
        var bytes = request.Body.Length;
        void Verdict(MessageVerdict verdict) => Tell(server, sender, called, bytes, verdict);
        void Fail(MessageOutcome outcome, int status) => Verdict(new MessageVerdict(outcome, status, 0));

        if (counters.UnderWay >= options.MaxUnderWay || !rates.TryTake(new AorKey(sender.Tenant, sender.Number), environment.Now))
        {
            Fail(MessageOutcome.Limited, 503);
            return;
        }

        if (Problem(request, server) is var status and > 0)
        {
            Fail(MessageOutcome.Unacceptable, status);
            return;
        }

        if (!authenticator.Domains.CanHave(sender.Tenant, called) || extensions.Find(sender.Tenant, called) is not { Enabled: true })
        {
            Fail(MessageOutcome.NotFound, 404);
            return;
        }

        var contacts = registrar.Lookup(sender.Tenant, called);
        if (contacts.Count == 0)
        {
            Fail(MessageOutcome.NotRegistered, 480);
            return;
        }

        var addressing = new CalleeAddressing(sender, called, request, environment.Options, environment.Engine.Addressing)
        {
            TenantDomain = authenticator.Domains.DomainOf(sender.Tenant),
        };
        var reachable = Dialplan.Reachable(contacts, addressing.IsSips, environment.Options.MaxContacts);
        if (reachable.Count == 0)
        {
            Tell(server, sender, called, bytes, new MessageVerdict(MessageOutcome.NotRegistered, 480, 0), isSipsRefused: true);
            return;
        }

        if (HasExpired(request))
        {
            Fail(MessageOutcome.Expired, 480);
            return;
        }

        counters.CountBegun();
        new MessageDelivery(environment, options, _lines, request, server, Verdict, counters.CountDone)
            .Start(new DeviceFlows(reachable), addressing);
    }

    // 0 when the message may pass. 415 says what a phone can be sent: anything that has a media type.
    private int Problem(SipMessage request, ServerTransaction server)
    {
        if (request.Body.IsEmpty)
            return 0;

        if (request.Body.Length > (server.Flow.IsReliable ? options.MaxBodyBytes : options.MaxDatagramBodyBytes))
            return 413;

        return request.Count(HeaderName.ContentType) == 1 && request.TryGetHeader(HeaderName.ContentType, out var type) && IsMediaType(type) ? 0 : 400;
    }

    private static bool IsMediaType(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)';');
        var type = SipText.Trim(end < 0 ? value : value[..end]);
        var slash = type.IndexOf((byte)'/');
        return slash > 0 && SipText.IsToken(SipText.Trim(type[..slash])) && SipText.IsToken(SipText.Trim(type[(slash + 1)..]));
    }

    // RFC 3428 §7: Expires counts from Date; without Date from now, and then only 0 has run out.
    private bool HasExpired(SipMessage request)
    {
        if (request.Expires is not { } seconds)
            return false;

        if (!request.TryGetHeader(HeaderName.Date, out var value)
            || !DateTimeOffset.TryParseExact(
                Encoding.ASCII.GetString(value), "r", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var sent))
            return false;

        return sent.AddSeconds(seconds) < environment.WallClock.ToUtc(environment.Now);
    }

    private void Tell(ServerTransaction server, Extension sender, string called, int bytes, in MessageVerdict verdict, bool isSipsRefused = false)
    {
        counters.CountVerdict(verdict);
        var at = environment.WallClock.ToUtc(environment.Now);
        environment.Events.Publish(verdict.IsDelivered
            ? new MessageDelivered(sender.Tenant, sender.Number, called, bytes, verdict, at)
            : new MessageFailed(sender.Tenant, sender.Number, called, bytes, verdict, at));
        if (server.IsAnswered || server.Request is null)
            return;

        var response = server.Reply(verdict.Status);
        if (verdict.Outcome == MessageOutcome.Limited)
            response.Header(HeaderName.RetryAfter, LimitedRetryAfter);
        if (isSipsRefused)
            response.Header(HeaderName.Warning, $"{SipsContacts.NotAllowed} {environment.Engine.Addressing.HostAndPort(server.Flow)} \"{SipsContacts.NotAllowedText}\"");
        Respond(server, response);
    }

    private void Respond(ServerTransaction server, SipWriter response) => environment.Engine.Respond(server, Finish(response), environment.Now);

    private SipWriter Finish(SipWriter response) => response.Header(HeaderName.Server, environment.Options.Product);
}
