using System.Collections.Concurrent;
using Tandem.Calls.Limits;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Trunks;

/// <summary>How all profiles stand and what they carry. Written by their shards, read by any thread.</summary>
/// <param name="identities">Where the certificates of profiles go; null for a table that makes no connections.</param>
public sealed class TrunkTable(TlsIdentities? identities = null)
{
    private static readonly TimeSpan ToldAgain = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<ProfileId, ProfileState> _states = new();
    private readonly ConcurrentDictionary<ProfileId, ProfileUsage> _usage = new();
    private readonly ConcurrentDictionary<long, int> _held = new();
    private long _unproven;

    /// <summary>The certificates that profiles show to their providers.</summary>
    internal TrunkIdentities Identities { get; } = new(identities ?? new TlsIdentities());

    /// <summary>
    /// How the certificate of a connection is judged: for these names, with the roots of this identity (<see cref="SipTransport.Judge"/>). Set before requests come; null where there is no transport:
    /// nobody proves anything then.
    /// </summary>
    public Func<SipFlow, IReadOnlyList<string>, int, CertificateVerdict>? Judge { get; set; }

    /// <summary>How a connection whose far side was not asked for its certificate is ended, so that it makes another (<see cref="SipTransport.Renew"/>). Set before requests come; null where there is no transport.</summary>
    public Action<SipFlow>? Renew { get; set; }

    /// <summary>False when this node listens nowhere over TLS: certificates are shown on connections alone that we have opened ourselves.</summary>
    public bool ListensOverTls { get; set; } = true;

    /// <summary>Hears of requests in the name of a provider without the certificate that its profile requires, once a minute for each profile at most; on a shard, it must not block.</summary>
    public Action<SipProfile, UnprovenClaim>? ClaimedInVain { get; set; }

    /// <summary>Calls in the name of providers that were treated as a stranger's for want of a certificate, since the start.</summary>
    public long Unproven => Interlocked.Read(ref _unproven);

    /// <summary>How a profile stands; null when it is not known (yet).</summary>
    public ProfileState? Find(ProfileId id) => _states.GetValueOrDefault(id);

    /// <summary>The calls of a profile.</summary>
    public ProfileUsage UsageOf(ProfileId id) => _usage.GetOrAdd(id, static _ => new ProfileUsage());

    /// <summary>What the other nodes use; null where the node is alone. Set before the loops start.</summary>
    internal IRemoteUse? Remote { get; set; }

    /// <summary>What a profile carries at other nodes.</summary>
    internal NodeUse OthersOf(ProfileId id) => Remote?.Of(KeyOf(id)) ?? default;

    /// <summary>How many calls to its provider each other node was asked for in a second, ascending.</summary>
    internal double[] AskedOf(SipProfile profile) => profile.MaxCallsPerSecond > 0 ? Remote?.AskedOf(KeyOf(profile.Id)) ?? [] : [];

    /// <summary>Adds what each profile uses at this node.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="seconds">How long ago it was asked last.</param>
    internal void Collect(List<ToldUse> into, double seconds)
    {
        foreach (var (id, usage) in _usage)
            into.Add(new ToldUse(KeyOf(id), usage.Turn(seconds)));
    }

    /// <summary>The states of the profiles of a tenant, in no order.</summary>
    public IReadOnlyList<ProfileState> Of(TenantId tenant) => [.. _states.Values.Where(state => state.Tenant == tenant)];

    /// <summary>All profiles that ever carried a call since they are there, with their tenant (the default value when it is not known), in no order.</summary>
    public IReadOnlyList<(ProfileId Id, TenantId Tenant, ProfileUsage Usage)> Usages() =>
        [.. _usage.Where(static pair => pair.Value.Outbound + pair.Value.Inbound > 0).Select(pair => (pair.Key, Find(pair.Key)?.Tenant ?? default, pair.Value))];

    /// <summary>Profiles in each state, all tenants.</summary>
    public IReadOnlyDictionary<ProfileStatus, int> Count()
    {
        var counts = new Dictionary<ProfileStatus, int>();
        foreach (var state in _states.Values)
            counts[state.Status] = counts.GetValueOrDefault(state.Status) + 1;
        return counts;
    }

    /// <summary>True when a registration lives on this connection.</summary>
    public bool IsHeld(long connection) => _held.ContainsKey(connection);

    /// <summary>Whether a request came from whom the profile believes.</summary>
    internal CertificateVerdict VerdictOn(SipProfile profile, in SipFlow flow) =>
        profile.InboundCertificate == InboundCertificate.None ? CertificateVerdict.Proven
            : Judge?.Invoke(flow, ProfileAddresses.CertificateNames(profile), Identities.Of(profile)) ?? CertificateVerdict.NoCertificate;

    /// <summary>Counts a call that was not believed, and tells of it now and then.</summary>
    internal void NoteUnproven(SipProfile profile, in SipFlow flow, DateTimeOffset now)
    {
        Interlocked.Increment(ref _unproven);
        var usage = UsageOf(profile.Id);
        var verdict = VerdictOn(profile, flow);
        if (verdict == CertificateVerdict.NotAsked)
            Renew?.Invoke(flow);
        if (usage.NoteUnproven(flow.ToString(), UnprovenClaim.Of(verdict, profile), now, ToldAgain))
            ClaimedInVain?.Invoke(profile, usage.Unproven!);
    }

    private static UseKey KeyOf(ProfileId id) => new(UseKind.Profile, "", id.Value);

    internal void Set(ProfileState state) => _states[state.Id] = state;

    internal void Remove(ProfileId id)
    {
        _states.TryRemove(id, out _);
        _usage.TryRemove(id, out _);
        Identities.Forget(id);
    }

    internal void Hold(long connection)
    {
        if (connection != 0)
            _held.AddOrUpdate(connection, 1, static (_, count) => count + 1);
    }

    internal void LetGo(long connection)
    {
        if (connection != 0 && _held.AddOrUpdate(connection, 0, static (_, count) => count - 1) <= 0)
            _held.TryRemove(connection, out _);
    }
}
