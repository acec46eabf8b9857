using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Calls.Trunks;
using Tandem.Core.Privacy;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>RFC 3261 §26.3.2.1: which certificate the connection to a provider shows.</summary>
public sealed class TrunkIdentitiesTests
{
    private static readonly (string Certificate, string Key) Pem = Make();

    private readonly TlsIdentities _identities = new();
    private readonly TrunkIdentities _trunks;

    public TrunkIdentitiesTests() => _trunks = new TrunkIdentities(_identities);

    [Fact]
    public void Each_profile_has_a_number_of_its_own_and_keeps_it_until_its_certificate_changes()
    {
        var one = Profile("p1");
        var first = Of(one);
        Assert.Equal(first, Of(one with { Name = "renamed", Password = new Secret("other") }));
        var second = Of(Profile("p2"));
        Assert.NotEqual(first, second);
        Assert.NotNull(_identities.Find(first)!.Certificate);

        var changed = Of(one with { TrustedCertificates = Pem.Certificate });
        Assert.NotEqual(first, changed);
        Assert.Null(_identities.Find(first));
        Assert.Equal(2, _identities.Count);
        _trunks.Forget(one.Id);
        Assert.Null(_identities.Find(changed));
        Assert.Equal(1, _identities.Count);
    }

    // A call knows its profile as it was when it began.
    [Fact]
    public void To_look_an_old_profile_up_changes_nothing_and_brings_nothing_back()
    {
        var old = Profile("p1");
        Of(old);
        var number = Of(old with { TrustedCertificates = Pem.Certificate });
        Assert.Equal(number, _trunks.Of(old));
        Assert.NotNull(_identities.Find(number));
        _trunks.Keep(old with { ClientCertificate = "" });
        var gone = _trunks.Of(old);
        Assert.NotEqual(0, gone);
        Assert.Null(_identities.Find(gone));
        Assert.Equal(0, _identities.Count);
    }

    [Fact]
    public void Other_transports_and_other_profiles_show_what_the_installation_does()
    {
        Assert.Equal(0, Of(Profile("p1") with { ClientCertificate = "", ClientKey = new Secret("") }));
        Assert.Equal(0, Of(Profile("p1") with { Transport = SipTransportKind.Tcp }));
        Assert.Equal(0, Of(Profile("p1"), SipTransportKind.Udp));
        Assert.Equal(0, _trunks.Of(Profile("p1"), SipTargetList.Nowhere(LocateFailure.NoAnswer)).Count);
    }

    // Never the installation's instead: the provider would see another peer than it was told of.
    [Fact]
    public void What_cannot_be_read_any_more_is_a_number_without_identity()
    {
        var number = Of(Profile("p1") with { ClientKey = new Secret("spoilt") });
        Assert.NotEqual(0, number);
        Assert.Null(_identities.Find(number));
    }

    private int Of(SipProfile profile, SipTransportKind transport = SipTransportKind.Tls)
    {
        _trunks.Keep(profile);
        var targets = _trunks.Of(profile, SipTargetList.Of([new SipFlow(transport, default, ProfileSamples.ProviderAddress), new SipFlow(transport, default, ProfileSamples.SecondAddress)], "provider.test"));
        Assert.Equal((2, "provider.test", targets[0].Identity), (targets.Count, targets.Domain, targets[1].Identity));
        return targets[0].Identity;
    }

    private static SipProfile Profile(string id) => ProfileSamples.Profile(id) with { Transport = SipTransportKind.Tls, ClientCertificate = Pem.Certificate, ClientKey = new Secret(Pem.Key) };

    private static (string Certificate, string Key) Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=trunk", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
