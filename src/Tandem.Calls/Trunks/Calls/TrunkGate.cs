using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Security.Toll;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Trunks.Calls;

/// <summary>The door between the calls of one shard and the providers: who may pass, by which profile, with which credentials.</summary>
internal sealed class TrunkGate(CallEnvironment environment, TrunkOptions options, IProfileDirectory directory, TrunkTable table, TollGuard? toll)
{
    // Of profiles that are not there any more nothing is kept for long; the rest is bounded by their number.
    private const int MostCredentials = 100_000;

    private readonly Dictionary<ProfileId, ProfileCredentials> _credentials = [];

    public TrunkOptions Options => options;

    public DateTimeOffset Wall => environment.WallClock.ToUtc(environment.Now);

    public Moment Now => environment.Now;

    public TimerWheel Wheel => environment.Wheel;

    public IProfileDirectory Directory => directory;

    public ProviderSecrets? Secrets => environment.Secrets;

    /// <summary>The ways to a number of the outside world, in the order of trying; none when calls do not leave the exchange.</summary>
    public IReadOnlyList<TrunkRoute> Find(Tenants.TenantId tenant, string called) =>
        options.Outbound ? TrunkSelection.Of(directory.Of(tenant), called, table.Find, options.MaxAttempts, environment.Random, IsEmergency(tenant, called)) : [];

    /// <summary>The same, by some of the profiles only.</summary>
    /// <param name="tenant">Whose call.</param>
    /// <param name="called">What is dialled.</param>
    /// <param name="profile">Only this one; empty for all.</param>
    /// <param name="weights">Only these, with these weights; null for all.</param>
    public IReadOnlyList<TrunkRoute> Find(Tenants.TenantId tenant, string called, string profile, IReadOnlyDictionary<string, int>? weights)
    {
        if (profile.Length == 0 && weights is null)
            return Find(tenant, called);

        var some = new List<SipProfile>();
        foreach (var one in directory.Of(tenant))
        {
            if (weights is not null && weights.TryGetValue(one.Id.Value, out var weight))
                some.Add(one with { Weight = weight, Priority = 0 });
            else if (weights is null && one.Id.Value == profile)
                some.Add(one);
        }

        return options.Outbound ? TrunkSelection.Of(some, called, table.Find, options.MaxAttempts, environment.Random, IsEmergency(tenant, called)) : [];
    }

    /// <summary>What the toll guard would say to a call by a route, without counting it; null: it may go.</summary>
    public string? WhyNot(string caller, TrunkRoute route, DateTimeOffset at)
    {
        if (toll is null)
            return "nobody guards the calls to outside: none goes";

        return toll.Explain(TollCallOf(caller, route.ForwardedBy, route), at)?.Text;
    }

    /// <summary>True for a short code that no rule of the toll guard stops: 112.</summary>
    public bool IsEmergency(Tenants.TenantId tenant, string number) => number.Length is >= 2 and <= 6 && toll?.IsAlwaysAllowed(tenant, number) is true;

    /// <summary>True for a way to such a number, whatever was dialled to get there.</summary>
    public bool IsForHelp(TrunkRoute route) => route.Number.IsShort && IsEmergency(route.Profile.Tenant, route.Number.Dialled);

    /// <summary>Asks whether a call may go by a route, and takes its place there.</summary>
    /// <param name="call">The call.</param>
    /// <param name="route">The route.</param>
    /// <param name="refusal">Why not, when null is returned.</param>
    public TrunkUse? TryEnter(LiveCall call, TrunkRoute route, out TrunkRefusal refusal)
    {
        refusal = default;
        var profile = route.Profile;
        if (toll is null)
        {
            refusal = new TrunkRefusal(EndReason.Forbidden, 403, "Nobody guards the calls to outside: none goes");
            return null;
        }

        var now = Wall;
        var usage = table.UsageOf(profile.Id);
        if (IsForHelp(route))
        {
            usage.EnterAlways();
        }
        else if (!usage.TryEnter(profile, environment.Now, isOutbound: true, table.OthersOf(profile.Id), table.AskedOf(profile)))
        {
            refusal = new TrunkRefusal(EndReason.Overloaded, 503, $"SIP profile {profile.Name} carries as many calls as it may (maxCalls, maxCallsPerSecond)");
            return null;
        }

        var snapshot = call.Model.Snapshot;
        var by = route.ForwardedBy.Length > 0 ? route.ForwardedBy : snapshot.TransferredBy;
        var asked = TollCallOf(snapshot.CallerNumber, by, route);
        var verdict = toll.Admit(asked, now);
        if (verdict is TollVerdict.Refused refused)
        {
            usage.Leave();
            refusal = new TrunkRefusal(refused.Status == 503 ? EndReason.Overloaded : EndReason.Forbidden, refused.Status, refused.Text);
            return null;
        }

        return new TrunkUse(this, profile, usage, ((TollVerdict.Allowed)verdict).Ticket);
    }

    /// <summary>Takes a place for a call that comes from a provider; null when the profile has as many as it may.</summary>
    public TrunkUse? TryEnterInbound(SipProfile profile)
    {
        var usage = table.UsageOf(profile.Id);
        return usage.TryEnter(profile, environment.Now, isOutbound: false, table.OthersOf(profile.Id)) ? new TrunkUse(this, profile, usage, ticket: null) : null;
    }

    /// <summary>True when a request comes from whom the profile believes: whoever its networks and its token let in, or who has shown its certificate.</summary>
    public bool IsProven(SipProfile profile, in SipFlow flow) => table.VerdictOn(profile, flow) == CertificateVerdict.Proven;

    /// <summary>The same for a request in a call; a connection that was never asked for its certificate is ended after the answer.</summary>
    public bool IsProvenInCall(SipProfile profile, in SipFlow flow)
    {
        var verdict = table.VerdictOn(profile, flow);
        if (verdict == CertificateVerdict.NotAsked)
            table.Renew?.Invoke(flow);
        return verdict == CertificateVerdict.Proven;
    }

    /// <summary>Counts somebody who called in the name of a provider and is not believed, and tells of it now and then.</summary>
    public void NoteUnproven(SipProfile profile, in SipFlow flow) => table.NoteUnproven(profile, flow, Wall);

    /// <summary>The credentials of a profile as it is now; null when it is gone.</summary>
    public ProfileCredentials? CredentialsOf(ProfileId id) => directory.Find(id) is { } profile ? CredentialsOf(profile) : null;

    /// <summary>The credentials of a profile. A nonce that one call was challenged with serves the next ones.</summary>
    public ProfileCredentials CredentialsOf(SipProfile profile)
    {
        if (_credentials.TryGetValue(profile.Id, out var known) && known.IsFor(profile))
            return known;

        if (_credentials.Count >= MostCredentials)
            _credentials.Clear();
        return _credentials[profile.Id] = new ProfileCredentials(profile, environment.Random, options);
    }

    /// <summary>True when the registrar of the profile is at this host.</summary>
    public bool IsRegistrar(ProfileId id, in NetAddress remote) => table.Find(id) is { Registrar: { Port: > 0 } registrar } && registrar.IsSameHost(remote);

    /// <summary>Our address as the provider sees it; empty for our own.</summary>
    public string PublicAddressOf(ProfileId id) => table.Find(id)?.PublicAddress ?? "";

    /// <summary>The same as an address for SDP, without port; unspecified where ours is meant.</summary>
    public NetAddress SeenAt(ProfileId id) => options.LearnedAddressInSdp ? table.Find(id)?.PublicHost ?? default : default;

    /// <summary>What a profile says of its provider's media.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="remote">Where its signalling comes from; the default before its name was looked up: most providers are reached by IPv4, and their SDP tells in the end.</param>
    /// <param name="isSecure">Its signalling is encrypted.</param>
    public MediaPeer PeerOf(SipProfile profile, in NetAddress remote, bool isSecure) => new(remote)
    {
        Srtp = profile.Srtp,
        HasSecureSignalling = isSecure,
        Codecs = profile.Codecs,
        SeesUsAt = SeenAt(profile.Id),
        PublicAnd = profile.IsAddress ? options.ExternalAllowPrivate : null,
    };

    /// <summary>Where the requests of a call go (RFC 3263). What was looked up is what is called: whatever the name leads to next time, this call goes there.</summary>
    public void Locate(SipProfile profile, Action<SipTargetList> found) =>
        environment.Engine.Locator.Locate(System.Text.Encoding.UTF8.GetBytes(ProfileAddresses.NextHop(profile)), environment.Now, (targets, _) => found(profile.IsAddress ? targets.Where(target => MayReach(target.Remote)) : table.Identities.Of(profile, targets)));

    /// <summary>True when a call to an address of anybody's choice may lead there.</summary>
    public bool MayReach(NetAddress remote) => GlobalNetworks.Has(remote, options.ExternalAllowPrivate);

    private static TollCall TollCallOf(string caller, string by, TrunkRoute route) => new(
        route.Profile.Tenant, route.Profile.Id.Value, by.Length > 0 ? by : caller, route.Number.E164, OwnNumber(route.Profile), by.Length > 0,
        route.Number.IsShort ? route.Number.Dialled : "")
    { IsAddress = route.Profile.IsAddress };

    // The country is all that the guard reads of it.
    private static string OwnNumber(SipProfile profile) =>
        profile.Numbers.TryReadCarrier(profile.EffectiveCallerId, out var own) ? own
            : profile.Numbers.CountryCode.Length > 0 ? $"+{profile.Numbers.CountryCode}00000000" : "";
}
