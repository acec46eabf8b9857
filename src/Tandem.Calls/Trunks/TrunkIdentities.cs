using System.Collections.Concurrent;
using Tandem.Core.Privacy;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Trunks;

/// <summary>
/// Which TLS identity connections to the provider of a profile show. Profiles never share a connection when one of them has a certificate or roots
/// of its own. Thread-safe.
/// </summary>
internal sealed class TrunkIdentities(TlsIdentities identities)
{
    private readonly ConcurrentDictionary<ProfileId, Known> _known = new();
    private readonly Lock _lock = new();

    /// <summary>The same targets, with the identity of the profile for those over TLS.</summary>
    public SipTargetList Of(SipProfile profile, SipTargetList targets)
    {
        if (targets.Count == 0 || !profile.HasTlsIdentity)
            return targets;

        var number = NumberOf(profile);
        var list = new List<SipFlow>(targets.Count);
        for (var i = 0; i < targets.Count; i++)
            list.Add(targets[i].Transport == SipTransportKind.Tls ? targets[i] with { Identity = number } : targets[i]);
        return SipTargetList.Of(list, targets.Domain);
    }

    /// <summary>The identity whose roots a certificate of the provider has to lead to; 0 for the installation's.</summary>
    public int Of(SipProfile profile) => profile.HasTlsIdentity ? NumberOf(profile) : 0;

    /// <summary>The profile is gone, or has no identity any more.</summary>
    public void Forget(ProfileId id)
    {
        if (_known.TryRemove(id, out var known))
            identities.Remove(known.Number);
    }

    // What was valid when it was saved and cannot be read now opens nothing: never the installation's certificate instead.
    private int NumberOf(SipProfile profile)
    {
        if (_known.TryGetValue(profile.Id, out var known) && known.IsFor(profile))
            return known.Number;

        lock (_lock)
        {
            if (_known.TryGetValue(profile.Id, out known) && known.IsFor(profile))
                return known.Number;

            Forget(profile.Id);
            var number = TlsIdentity.TryCreate(
                profile.ClientCertificate, profile.ClientKey.Reveal(), profile.TrustedCertificates, now: null, out var identity, out _)
                ? identities.Add(identity!) : identities.AddNone();
            _known[profile.Id] = new Known(number, profile.ClientCertificate, profile.ClientKey, profile.TrustedCertificates);
            return number;
        }
    }

    private sealed record Known(int Number, string Certificate, Secret Key, string Trusted)
    {
        public bool IsFor(SipProfile profile) => Certificate == profile.ClientCertificate && Trusted == profile.TrustedCertificates && Key.Reveal() == profile.ClientKey.Reveal();
    }
}
