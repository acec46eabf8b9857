using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Media.Srtp;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Trunks;

/// <summary>An account of a tenant at a provider, or a trunk to another exchange. Immutable; a change makes a new one.</summary>
public sealed record SipProfile
{
    public required ProfileId Id { get; init; }

    public required TenantId Tenant { get; init; }

    /// <summary>For people; unique in the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>The provider: a host name (RFC 3263) or an address.</summary>
    public required string Server { get; init; }

    /// <summary>Its port; 0 for what the name says, or else the default of the transport.</summary>
    public int Port { get; init; }

    /// <summary>UDP, TCP or TLS.</summary>
    public SipTransportKind Transport { get; init; } = SipTransportKind.Udp;

    /// <summary>The user part of the address-of-record.</summary>
    public string UserName { get; init; } = "";

    /// <summary>The digest user name; empty for <see cref="UserName"/>.</summary>
    public string AuthenticationName { get; init; } = "";

    /// <summary>The digest password; empty when the provider asks for none.</summary>
    public Secret Password { get; init; } = NoPassword;

    /// <summary>The only realm that gets the password; empty: the first that the provider names, and from then on that one.</summary>
    public string Realm { get; init; } = "";

    /// <summary>The domain of the address-of-record; empty for <see cref="Server"/>.</summary>
    public string Domain { get; init; } = "";

    /// <summary>A proxy that everything goes through, as a SIP URI or <c>host:port</c>; empty for none.</summary>
    public string OutboundProxy { get; init; } = "";

    /// <summary>
    /// The SIP URI that one call goes to without any provider. Empty for every profile that somebody has made: one with an address is made for a call, is in no
    /// directory, and answers no challenge.
    /// </summary>
    internal string Address { get; init; } = "";

    /// <summary>True for a SIP address of the outside world, which is called without a provider.</summary>
    internal bool IsAddress => Address.Length > 0;

    /// <summary>The number that calls show; empty for the user name.</summary>
    public string CallerId { get; init; } = "";

    /// <summary>The name that calls show; empty for none.</summary>
    public string CallerName { get; init; } = "";

    /// <summary>SDP names of codecs in their order, separated by commas; empty for the installation's.</summary>
    public string Codecs { get; init; } = "";

    /// <summary>Whether media is encrypted; null for the installation's policy.</summary>
    public SrtpPolicy? Srtp { get; init; }

    /// <summary>The lifetime of a registration that is asked for, in seconds. Default 3,600 (RFC 3261 §10.2).</summary>
    public int ExpirySeconds { get; init; } = 3_600;

    public FromUserStyle FromUser { get; init; }

    public IdentityStyle Identity { get; init; }

    /// <summary>What becomes of sound before the answer, in calls of both directions.</summary>
    public EarlyMediaPolicy EarlyMedia { get; init; }

    /// <summary>How numbers are dialled and written.</summary>
    public NumberPlan Numbers { get; init; } = NumberPlan.Default;

    /// <summary>The certificate that connections over TLS to this provider show, and then its chain, in PEM; empty for the installation's.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>Its private key in PEM; empty without one.</summary>
    public Secret ClientKey { get; init; } = NoPassword;

    /// <summary>The roots that the provider's certificate must lead to, in PEM; empty for the installation's.</summary>
    public string TrustedCertificates { get; init; } = "";

    /// <summary>Whether who calls in the name of the provider has to prove it by a certificate.</summary>
    public InboundCertificate InboundCertificate { get; init; }

    /// <summary>The exchange registers there; false for a trunk that is known by addresses alone.</summary>
    public bool Registers { get; init; } = true;

    /// <summary>Networks from which calls of this provider may come in, besides those that name our registration.</summary>
    public IReadOnlyList<NetPrefix> Prefixes { get; init; } = [];

    /// <summary>Between two OPTIONS that ask whether the provider is there, in seconds; 0 for none.</summary>
    public int HealthIntervalSeconds { get; init; }

    /// <summary>Lower ones are tried first.</summary>
    public int Priority { get; init; } = 10;

    /// <summary>The share among profiles of one priority, 0 to 65,535; of those with 0 only when no other is left.</summary>
    public int Weight { get; init; } = 10;

    /// <summary>Calls at the same time, both directions; 0 for no limit.</summary>
    public int MaxCalls { get; init; }

    /// <summary>New calls to the provider a second; 0 for no limit.</summary>
    public int MaxCallsPerSecond { get; init; }

    /// <summary>A disabled profile neither registers nor carries calls.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The user part of our Contact at the provider: 96 random bits, so that only who was told it can call by it.</summary>
    public required string Token { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The version of the change that made it what it is.</summary>
    public long Version { get; init; }

    /// <summary>Connections of this profile over TLS are its own.</summary>
    public bool HasTlsIdentity => Transport == SipTransportKind.Tls && (ClientCertificate.Length > 0 || TrustedCertificates.Length > 0);

    /// <summary>The host part of the address-of-record.</summary>
    public string EffectiveDomain => Domain.Length > 0 ? Domain : Server;

    /// <summary>The digest user name.</summary>
    public string DigestUser => AuthenticationName.Length > 0 ? AuthenticationName : UserName;

    /// <summary>The number that calls show.</summary>
    public string EffectiveCallerId => CallerId.Length > 0 ? CallerId : UserName;

    /// <summary>True when <paramref name="address"/> lies in one of the networks of the provider.</summary>
    public bool Admits(in NetAddress address)
    {
        foreach (var prefix in Prefixes)
        {
            if (prefix.Contains(address))
                return true;
        }

        return false;
    }

    /// <summary>True when a registration made for <paramref name="other"/> is not one for this: another account, place or way.</summary>
    public bool NeedsNewRegistration(SipProfile other) =>
        Server != other.Server || Port != other.Port || Transport != other.Transport || UserName != other.UserName || AuthenticationName != other.AuthenticationName
        || Password.Reveal() != other.Password.Reveal() || Realm != other.Realm || Domain != other.Domain || OutboundProxy != other.OutboundProxy
        || ExpirySeconds != other.ExpirySeconds || Registers != other.Registers || Enabled != other.Enabled || Token != other.Token
        || ClientCertificate != other.ClientCertificate || ClientKey.Reveal() != other.ClientKey.Reveal() || TrustedCertificates != other.TrustedCertificates;

    private static readonly Secret NoPassword = new("");
}
