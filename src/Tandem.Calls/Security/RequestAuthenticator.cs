using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transport;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Security;

/// <summary>
/// Finds out which extension sends a request that belongs to no dialog. REGISTER, SUBSCRIBE and PUBLISH end here and are
/// challenged with 401 (RFC 3261 §22.2, RFC 6665 §4.2.1.3), everything else with 407 (§22.3); ACK and CANCEL never (§22.1). Wrong secrets and unknown users get the same challenge again and
/// count against their source alike. One instance serves a shard; it shares the digest and the ban list with the others.
/// </summary>
public sealed class RequestAuthenticator
{
    private readonly SecurityOptions _options;
    private readonly DigestAuthenticator _digest;
    private readonly BanList _bans;
    private readonly ExtensionUsers _users;
    private readonly Random _random;
    private readonly TenantDomains _domains;
    private readonly IEventSink? _events;
    private readonly IWallClock? _clock;

    /// <param name="options">Who must show credentials.</param>
    /// <param name="digest">Checks credentials; shared by all shards.</param>
    /// <param name="bans">Hears of failures; shared by all shards.</param>
    /// <param name="directory">The extensions.</param>
    /// <param name="domains">Whose phones send what.</param>
    /// <param name="random">For the tags of responses.</param>
    /// <param name="events">Hears of wrong credentials.</param>
    /// <param name="clock">The time of those events.</param>
    public RequestAuthenticator(
        SecurityOptions options, DigestAuthenticator digest, BanList bans, IExtensionDirectory directory, TenantDomains domains, Random random,
        IEventSink? events = null, IWallClock? clock = null)
    {
        _options = options;
        _digest = digest;
        _bans = bans;
        _users = new ExtensionUsers(directory);
        _random = random;
        _domains = domains;
        _events = events;
        _clock = clock;
    }

    /// <summary>Whose phones send what.</summary>
    public TenantDomains Domains => _domains;

    /// <summary>Credentials are required at all.</summary>
    public bool IsRequired => _options.RequireCredentials;

    /// <summary>Looks at a request outside a dialog, or in one that comes from a host that the dialog does not know.</summary>
    public AuthenticationOutcome Check(SipMessage request, SipFlow flow, Moment now)
    {
        if (!NeedsCredentials(request.Method))
            return new AuthenticationOutcome(AuthenticationKind.NotNeeded, null, null);

        return _options.RequireCredentials ? CheckCredentials(request, flow, now) : TakeFromAtItsWord(request);
    }

    /// <summary>
    /// The tenant whose phone sends a request: by the domain of the address-of-record in To of a REGISTER (RFC 3261 §10.2), in From of
    /// any other. Null when it is disabled.
    /// </summary>
    public TenantId? TenantOf(SipMessage request) =>
        (request.Method == SipMethod.Register ? request.TryGetTo(out var party) : request.TryGetFrom(out party)) && party.TryGetUri(out var uri)
            ? _domains.Of(uri.Host)
            : _domains.Of(default);

    private bool NeedsCredentials(SipMethod method) => method switch
    {
        SipMethod.Ack or SipMethod.Cancel => false,
        SipMethod.Options => _options.ChallengeOptions,
        _ => true,
    };

    private AuthenticationOutcome CheckCredentials(SipMessage request, SipFlow flow, Moment now)
    {
        var proxy = request.Method is not (SipMethod.Register or SipMethod.Subscribe or SipMethod.Publish);
        _users.Enter(TenantOf(request));
        var result = _digest.Check(request, proxy, _users, flow.Remote, now);
        switch (result.Outcome)
        {
            case DigestOutcome.Ok when _users.Found is { } extension:
                _bans.ReportSuccess(flow.Remote);
                return new AuthenticationOutcome(AuthenticationKind.Authenticated, extension, null);

            case DigestOutcome.Malformed:
                return Refuse(request, 400, "Bad Credentials");

            case DigestOutcome.Wrong:
                Tell(request, flow, _bans.ReportFailure(flow.Remote, "wrong credentials", now), now);
                break;

            default:
                break;
        }

        var response = Answer(request, proxy ? 407 : 401, "");
        _digest.WriteChallenges(response, proxy, result, flow.Remote, now);
        return new AuthenticationOutcome(AuthenticationKind.Challenged, null, response);
    }

    private void Tell(SipMessage request, SipFlow flow, Ban? ban, Moment now)
    {
        if (_events is null || _clock is null)
            return;

        var claimed = request.TryGetFrom(out var from) && from.TryGetUri(out var uri) ? uri.UserText() : "";
        _events.Publish(new AuthenticationFailed(
            _users.Tenant ?? _domains.Home, flow.Remote, claimed, request.Method.ToString().ToUpperInvariant(), ban is null ? null : ban.Until - now, _clock.ToUtc(now)));
    }

    /// <summary>The closed lab (RFC 3261 §10.3 step 3 allows it): a known number in From is the sender.</summary>
    private AuthenticationOutcome TakeFromAtItsWord(SipMessage request)
    {
        _users.Enter(TenantOf(request));
        if (request.TryGetFrom(out var from) && from.TryGetUri(out var uri) && _users.Find(uri.UserText()) is { } extension)
            return new AuthenticationOutcome(AuthenticationKind.Authenticated, extension, null);

        return request.Method == SipMethod.Register ? Refuse(request, 404, "") : Refuse(request, 403, "");
    }

    private AuthenticationOutcome Refuse(SipMessage request, int status, string reason) =>
        new(AuthenticationKind.Refused, null, Answer(request, status, reason));

    private SipWriter Answer(SipMessage request, int status, string reason)
    {
        Span<byte> tag = stackalloc byte[ResponseTag.Length];
        ResponseTag.Make(_random, tag);
        return SipResponses.To(request, status, reason, tag);
    }
}
