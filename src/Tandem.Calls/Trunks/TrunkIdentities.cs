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
    // Stands for no identity (TlsIdentities): opens nothing, trusts nobody.
    private const int Nothing = -1;

    private readonly ConcurrentDictionary<ProfileId, Known> _known = new();
    private readonly Lock _lock = new();

    /// <summary>The same targets, with the identity of the profile for those over TLS.</summary>
    public SipTargetList Of(SipProfile profile, SipTargetList targets)
    {
        var number = Of(profile);
        if (targets.Count == 0 || number == 0)
            return targets;

        var list = new List<SipFlow>(targets.Count);
        for (var i = 0; i < targets.Count; i++)
            list.Add(targets[i].Transport == SipTransportKind.Tls ? targets[i] with { Identity = number } : targets[i]);
        return SipTargetList.Of(list, targets.Domain);
    }

    /// <summary>
    /// The identity of the profile, whose roots a certificate of the provider has to lead to; 0 for the installation's. It is looked up and nothing else: a call knows its profile as it was, and must
    /// neither bring back what has been replaced since nor what is gone.
    /// </summary>
    public int Of(SipProfile profile) => !profile.HasTlsIdentity ? 0 : _known.TryGetValue(profile.Id, out var known) ? known.Number : Nothing;

    /// <summary>The profile is as this from now on.</summary>
    public void Keep(SipProfile profile)
    {
        if (profile.HasTlsIdentity)
            Renew(profile);
        else
            Forget(profile.Id);
    }

    /// <summary>The profile is gone, or has no identity any more.</summary>
    public void Forget(ProfileId id)
    {
        if (_known.TryRemove(id, out var known))
            identities.Remove(known.Number);
    }

    // What was valid when it was saved and cannot be read now opens nothing: never the installation's certificate instead.
    private void Renew(SipProfile profile)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(profile.Id, out var known) && known.IsFor(profile))
                return;

            Forget(profile.Id);
            var number = TlsIdentity.TryCreate(
                profile.ClientCertificate, profile.ClientKey.Reveal(), profile.TrustedCertificates, now: null, out var identity, out _)
                ? identities.Add(identity!) : identities.AddNone();
            _known[profile.Id] = new Known(number, profile.ClientCertificate, profile.ClientKey, profile.TrustedCertificates);
        }
    }

    private sealed record Known(int Number, string Certificate, Secret Key, string Trusted)
    {
        public bool IsFor(SipProfile profile) => Certificate == profile.ClientCertificate && Trusted == profile.TrustedCertificates && Key.Reveal() == profile.ClientKey.Reveal();
    }
}
