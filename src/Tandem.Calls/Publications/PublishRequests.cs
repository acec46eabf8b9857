using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Security;
using Tandem.Calls.Shards;
using Tandem.Calls.Subscriptions;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Publications;

/// <summary>
/// PUBLISH (RFC 3903 §6) of the presence package, on the shard that owns the number: it makes, refreshes, changes and removes what an
/// extension says of itself. An extension publishes for itself only.
/// </summary>
internal sealed class PublishRequests(
    CallEnvironment environment, SubscriptionOptions options, PublicationTable table, RegistrarTable registrar, RequestAuthenticator authenticator,
    int shard, SubscriptionCounters counters, Action<StateChange> changed) : IRequestHandler
{
    private static readonly byte[] ContentType = "application/pidf+xml"u8.ToArray();

    private readonly Dictionary<AorKey, List<Publication>> _publications = [];

    public void Receive(SipMessage request, ServerTransaction server)
    {
        if (!server.IsInitial)
        {
            Refuse(server, 403, reason: "Publish Outside Of Dialogs");
            return;
        }

        var outcome = authenticator.Check(request, server.Flow, environment.Now);
        if (outcome.Response is { } response)
            environment.Engine.RespondWithoutState(server, Finish(response));
        else if (outcome.Extension is not { } publisher)
            Refuse(server, 403);
        else
            Take(request, server, publisher);
    }

    // The steps of §6, in order.
    private void Take(SipMessage request, ServerTransaction server, Extension publisher)
    {
        var number = SipUriValue.TryParse(request.RequestUri, out var uri) ? uri.UserText() : "";
        if (!authenticator.Domains.CanHave(publisher.Tenant, number))
        {
            Refuse(server, 404);
            return;
        }

        if (number != publisher.Number)
        {
            Refuse(server, 403);
            return;
        }

        // The transport brings each number to its shard by To; with another Request-URI it is somebody else's.
        if (registrar.OwnerOf(number) != shard)
        {
            Refuse(server, 400, reason: "To And Request-URI Differ");
            return;
        }

        if (!IsPresence(request))
        {
            Refuse(server, 489, w => w.Header(HeaderName.AllowEvents, "presence"u8));
            return;
        }

        var key = new AorKey(publisher.Tenant, number);
        if (!TryFind(request, server, key, out var existing) || !TryReadExpires(request, server, out var seconds)
            || !TryReadBody(request, server, number, existing, seconds, out var document))
            return;

        Apply(server, key, existing, document, seconds);
    }

    private void Apply(ServerTransaction server, AorKey key, Publication? existing, PresenceDocument? document, int seconds)
    {
        if (existing is null && seconds > 0)
        {
            if (_publications.TryGetValue(key, out var list) && list.Count >= options.MaxPublications)
            {
                Refuse(server, 403, reason: "Too Many Publications");
                return;
            }

            existing = Add(key, document!);
        }

        var hasChanged = document is not null;
        if (existing is not null && seconds == 0)
        {
            Remove(existing);
            hasChanged = true;
        }
        else if (existing is not null)
        {
            if (document is not null)
                existing.Document = document;
            environment.Wheel.Schedule(existing.Expiry, environment.Now + TimeSpan.FromSeconds(seconds));
        }

        // §6 step 6: each success has a tag of its own, which was never used before.
        var tag = environment.Engine.NewTag();
        if (existing is not null)
            existing.Tag = tag;
        counters.CountPublished();
        environment.Engine.Respond(
            server, Finish(server.Reply(200).Header(HeaderName.Expires, seconds).Header(HeaderName.SipETag, tag)), environment.Now);
        if (hasChanged)
            Announce(key);
    }

    private Publication Add(AorKey key, PresenceDocument document)
    {
        Publication made = null!;
        var expiry = new CallbackTimer(_ =>
        {
            Remove(made);
            Announce(key);
        });
        made = new Publication(key, document, expiry);
        if (!_publications.TryGetValue(key, out var list))
        {
            list = [];
            _publications.Add(key, list);
        }

        list.Add(made);
        return made;
    }

    private void Remove(Publication publication)
    {
        environment.Wheel.Cancel(publication.Expiry);
        if (!_publications.TryGetValue(publication.Resource, out var list))
            return;

        list.Remove(publication);
        if (list.Count == 0)
            _publications.Remove(publication.Resource);
    }

    private void Announce(AorKey key)
    {
        table.Publish(key, _publications.TryGetValue(key, out var list) ? [.. list.Select(p => p.Document)] : []);
        changed(new StateChange(key, WatchedStates.Publications));
    }

    private static bool IsPresence(SipMessage request)
    {
        if (request.Count(HeaderName.Event) != 1 || !request.TryGetHeader(HeaderName.Event, out var value))
            return false;

        var end = value.IndexOf((byte)';');
        return SipText.Trim(end < 0 ? value : value[..end]).SequenceEqual("presence"u8);
    }

    // §6 step 3
    private bool TryFind(SipMessage request, ServerTransaction server, AorKey key, out Publication? publication)
    {
        publication = null;
        var count = request.Count(HeaderName.SipIfMatch);
        if (count == 0)
            return true;

        if (count == 1 && request.TryGetHeader(HeaderName.SipIfMatch, out var value))
        {
            var tag = Encoding.ASCII.GetString(value);
            publication = _publications.TryGetValue(key, out var list) ? list.Find(p => p.Tag == tag) : null;
            if (publication is not null)
                return true;
        }

        Refuse(server, count == 1 ? 412 : 400);
        return false;
    }

    // §6 step 4
    private bool TryReadExpires(SipMessage request, ServerTransaction server, out int seconds)
    {
        var wish = request.Expires ?? (uint)options.DefaultExpiresSeconds;
        seconds = (int)Math.Min(wish, (uint)options.MaxExpiresSeconds);
        if (wish == 0 || wish >= options.MinExpiresSeconds)
            return true;

        Refuse(server, 423, w => w.Header(HeaderName.MinExpires, options.MinExpiresSeconds));
        return false;
    }

    // §6 step 5; a removal needs no body, and one that it has is not looked at.
    private bool TryReadBody(
        SipMessage request, ServerTransaction server, string number, Publication? existing, int seconds, out PresenceDocument? document)
    {
        document = null;
        if (seconds == 0)
            return true;

        if (request.Body.IsEmpty)
        {
            if (existing is not null)
                return true;

            Refuse(server, 400, reason: "Body Needed");
            return false;
        }

        if (request.Body.Length > options.MaxDocumentBytes)
        {
            Refuse(server, 413);
            return false;
        }

        if (!request.ContentTypeIs(ContentType) || request.Has(HeaderName.ContentEncoding))
        {
            Refuse(server, 415, w => w.Header(HeaderName.Accept, ContentType));
            return false;
        }

        document = PresenceDocument.Parse(request.BodyMemory, options.MaxDocumentDepth);
        if (document is not null && IsOf(document.Entity, number))
            return true;

        Refuse(server, document is null ? 400 : 403, reason: document is null ? "Bad Document" : "Entity Of Somebody Else");
        document = null;
        return false;
    }

    // RFC 3863 §4.1.1: the entity is a URI of the presentity: sip, sips or pres.
    private static bool IsOf(string entity, string number)
    {
        var colon = entity.IndexOf(':', StringComparison.Ordinal);
        var at = entity.IndexOf('@', StringComparison.Ordinal);
        return colon > 0 && at > colon && entity.AsSpan(0, colon) is "sip" or "sips" or "pres" && entity.AsSpan((colon + 1)..at).SequenceEqual(number);
    }

    private void Refuse(ServerTransaction server, int status, Action<SipWriter>? headers = null, string reason = "")
    {
        counters.CountPublicationRefused();
        var response = server.Reply(status, reason);
        headers?.Invoke(response);
        environment.Engine.Respond(server, Finish(response), environment.Now);
    }

    private SipWriter Finish(SipWriter response) => response.Header(HeaderName.Server, environment.Options.Product);
}
