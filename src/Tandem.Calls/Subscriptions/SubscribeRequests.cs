using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Security;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Subscriptions;

/// <summary>
/// SUBSCRIBE (RFC 6665 §4.2.1): who asks, for what, for how long, and whether there is room. What is granted becomes a
/// <see cref="Subscription"/>; refreshes come here too.
/// </summary>
internal sealed class SubscribeRequests : IRequestHandler
{
    private const int MaxEventIdBytes = 64;

    private readonly CallEnvironment _environment;
    private readonly Notifier _notifier;
    private readonly SubscriptionTable _table;
    private readonly RequestAuthenticator _authenticator;
    private readonly IExtensionDirectory _extensions;
    private readonly Func<bool> _isDraining;

    public SubscribeRequests(
        CallEnvironment environment, Notifier notifier, SubscriptionTable table, RequestAuthenticator authenticator, IExtensionDirectory extensions,
        Func<bool> isDraining)
    {
        _environment = environment;
        _notifier = notifier;
        _table = table;
        _authenticator = authenticator;
        _extensions = extensions;
        _isDraining = isDraining;
        notifier.OnRequest = OnRequest;
    }

    private SubscriptionOptions Options => _notifier.Options;

    public void Receive(SipMessage request, ServerTransaction server)
    {
        if (!server.IsInitial)
        {
            Refuse(server, 481);
            return;
        }

        if (_isDraining())
        {
            _environment.Engine.RespondWithoutState(
                server, Finish(server.Reply(503).Header(HeaderName.RetryAfter, _environment.Options.DrainRetryAfter)));
            return;
        }

        var outcome = _authenticator.Check(request, server.Flow, _environment.Now);
        if (outcome.Response is { } response)
            _environment.Engine.RespondWithoutState(server, Finish(response));
        else if (outcome.Extension is not { } watcher)
            Refuse(server, 403);
        else
            Open(request, server, watcher);
    }

    private void Open(SipMessage request, ServerTransaction server, Extension watcher)
    {
        if (!TryReadEvent(request, server, out var package, out var eventId)
            || !TryReadResource(request, server, watcher, package, out var number)
            || !Accepts(request, server, package)
            || !TryReadExpires(request, server, out var seconds)
            || !TryTakePlaces(server, watcher))
            return;

        var engine = _environment.Engine;
        if (engine.OpenDialog(server) is not { } dialog)
        {
            _table.ByWatcher.GiveBack(new AorKey(watcher.Tenant, watcher.Number));
            _table.BySource.GiveBack(server.Flow.Remote.WithPort(0));
            Refuse(server, 400, reason: "Contact Needed");
            return;
        }

        var subscription = _notifier.Open(dialog, package, eventId, watcher.Number, new AorKey(watcher.Tenant, number), server.Flow);
        Grant(subscription, server, seconds);
    }

    /// <summary>A request in the dialog of a subscription (RFC 5057): refreshes, and what does not belong there.</summary>
    private void OnRequest(Subscription subscription, SipMessage request, ServerTransaction server)
    {
        switch (request.Method)
        {
            case SipMethod.Subscribe:
                Refresh(subscription, request, server);
                break;
            case SipMethod.Options:
                _environment.Engine.Respond(
                    server,
                    Finish(server.Reply(200).Header(HeaderName.Allow, _environment.Engine.Allow).Header(HeaderName.AllowEvents, _environment.Engine.AllowEvents)),
                    _environment.Now);
                break;
            case SipMethod.Bye or SipMethod.Update or SipMethod.Info or SipMethod.Prack or SipMethod.Notify:
                Refuse(server, 481); // there is no such use of this dialog
                break;
            default:
                Refuse(server, 403, reason: "Dialog Sharing Not Supported");
                break;
        }
    }

    private void Refresh(Subscription subscription, SipMessage request, ServerTransaction server)
    {
        if (subscription.IsEnding)
        {
            Refuse(server, 481);
            return;
        }

        // Whoever has seen the dialog on the wire must not turn it to himself: from elsewhere it needs the secret again.
        if (server.Flow != subscription.Flow)
        {
            var outcome = _authenticator.Check(request, server.Flow, _environment.Now);
            if (outcome.Response is { } response)
            {
                _environment.Engine.Respond(server, Finish(response), _environment.Now);
                return;
            }

            if (outcome.Extension is not { } sender || sender.Number != subscription.Watcher || sender.Tenant != subscription.Resource.Tenant)
            {
                Refuse(server, 403);
                return;
            }

            server.Dialog?.MoveTo(server.Flow, request);
        }

        if (!TryReadEvent(request, server, out var package, out var eventId))
            return;

        // §4.5.2: another event in this dialog would be a second subscription that shares it.
        if (package != subscription.Package || eventId != subscription.EventId)
        {
            Refuse(server, 403, reason: "Dialog Sharing Not Supported");
            return;
        }

        if (_extensions.Find(subscription.Resource.Tenant, subscription.Watcher) is not { Enabled: true })
        {
            Refuse(server, 403);
            subscription.End(EndOfSubscription.Rejected);
            return;
        }

        if (!Exists(subscription.Resource.Tenant, subscription.Resource.Number, package))
        {
            Refuse(server, 404);
            subscription.End(EndOfSubscription.NoResource);
            return;
        }

        if (!Accepts(request, server, package) || !TryReadExpires(request, server, out var seconds) || !TryMove(subscription, server))
            return;

        _notifier.Counters.CountRefreshed();
        Grant(subscription, server, seconds);
    }

    private bool TryMove(Subscription subscription, ServerTransaction server)
    {
        var source = server.Flow.Remote.WithPort(0);
        if (source == subscription.Source)
            return true;

        if (!_table.BySource.TryTake(source, Options.MaxPerSource))
        {
            Refuse(server, 403, reason: "Too Many Subscriptions");
            return false;
        }

        _table.BySource.GiveBack(subscription.Source);
        subscription.MoveTo(source);
        return true;
    }

    private void Grant(Subscription subscription, ServerTransaction server, int seconds)
    {
        var engine = _environment.Engine;
        var response = server.Reply(200)
            .Header(HeaderName.Expires, seconds)
            .Header(HeaderName.Contact, engine.Addressing.Contact(server.Flow, SipEscaping.EscapeUser(subscription.Resource.Number)))
            .Header(HeaderName.AllowEvents, _environment.Engine.AllowEvents)
            .Header(HeaderName.Supported, engine.Supported);
        engine.Respond(server, Finish(response), _environment.Now);
        subscription.Grant(seconds, server.Flow);
    }

    private bool TryReadEvent(SipMessage request, ServerTransaction server, out EventPackage package, out string eventId)
    {
        package = null!;
        eventId = "";
        var name = default(ReadOnlySpan<byte>);
        var parameters = default(ReadOnlySpan<byte>);
        if (request.Count(HeaderName.Event) == 1 && request.TryGetHeader(HeaderName.Event, out var value))
        {
            var end = value.IndexOf((byte)';');
            name = SipText.Trim(end < 0 ? value : value[..end]);
            parameters = end < 0 ? default : value[end..];
        }

        // §4.2.3, §8.2.1: no Event, or one that we do not serve.
        if (_notifier.Find(name) is not { } found)
        {
            Refuse(server, 489, w => w.Header(HeaderName.AllowEvents, _environment.Engine.AllowEvents));
            return false;
        }

        if (!SipParams.AreWellFormed(parameters))
        {
            Refuse(server, 400, reason: "Bad Event Parameters");
            return false;
        }

        if (SipParams.TryGet(parameters, "id"u8, out var id))
        {
            if (!SipText.IsToken(id) || id.Length > MaxEventIdBytes)
            {
                Refuse(server, 400, reason: "Bad Event Id");
                return false;
            }

            eventId = Encoding.ASCII.GetString(id);
        }

        if (found.RefusesParameters(parameters))
        {
            Refuse(server, 403, reason: "Single Dialogs Are Not Shown");
            return false;
        }

        package = found;
        return true;
    }

    private bool TryReadResource(SipMessage request, ServerTransaction server, Extension watcher, EventPackage package, out string number)
    {
        number = SipUriValue.TryParse(request.RequestUri, out var uri) ? uri.UserText() : "";
        if (!Exists(watcher.Tenant, number, package))
        {
            Refuse(server, 404);
            return false;
        }

        if (package.MayWatch(watcher.Number, number))
            return true;

        Refuse(server, 403);
        return false;
    }

    private bool Exists(TenantId tenant, string number, EventPackage package) => package.HasResource(tenant, number)
        ?? (_authenticator.Domains.CanHave(tenant, number) && _extensions.Find(tenant, number) is { Enabled: true });

    // §3.1.3: without Accept the one type of the package is meant.
    private bool Accepts(SipMessage request, ServerTransaction server, EventPackage package)
    {
        if (!request.Has(HeaderName.Accept))
            return true;

        foreach (var range in request.Values(HeaderName.Accept))
        {
            if (SipBodies.IsType(range, package.ContentType) || SipBodies.IsType(range, "*/*"u8) || SipBodies.IsType(range, "application/*"u8))
                return true;
        }

        Refuse(server, 406, w => w.Header(HeaderName.Accept, package.ContentType).Header(HeaderName.AllowEvents, _environment.Engine.AllowEvents));
        return false;
    }

    private bool TryReadExpires(SipMessage request, ServerTransaction server, out int seconds)
    {
        var wish = request.Expires ?? (uint)Options.DefaultExpiresSeconds;
        seconds = (int)Math.Min(wish, (uint)Options.MaxExpiresSeconds);
        if (wish == 0 || wish >= Options.MinExpiresSeconds)
            return true;

        Refuse(server, 423, w => w.Header(HeaderName.MinExpires, Options.MinExpiresSeconds));
        return false;
    }

    private bool TryTakePlaces(ServerTransaction server, Extension watcher)
    {
        if (_notifier.Count >= Options.MaxPerShard || _environment.Engine.Dialogs.IsFull)
        {
            Refuse(server, 503, w => w.Header(HeaderName.RetryAfter, _environment.Options.OverloadRetryAfter));
            return false;
        }

        var key = new AorKey(watcher.Tenant, watcher.Number);
        if (_table.ByWatcher.TryTake(key, Options.MaxPerExtension))
        {
            if (_table.BySource.TryTake(server.Flow.Remote.WithPort(0), Options.MaxPerSource))
                return true;

            _table.ByWatcher.GiveBack(key);
        }

        Refuse(server, 403, reason: "Too Many Subscriptions");
        return false;
    }

    private void Refuse(ServerTransaction server, int status, Action<SipWriter>? headers = null, string reason = "")
    {
        _notifier.Counters.CountRefused();
        var response = server.Reply(status, reason);
        headers?.Invoke(response);
        _environment.Engine.Respond(server, Finish(response), _environment.Now);
    }

    private SipWriter Finish(SipWriter response) => response.Header(HeaderName.Server, _environment.Options.Product);
}
