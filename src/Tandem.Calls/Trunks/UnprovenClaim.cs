using Tandem.Sip.Transport;

namespace Tandem.Calls.Trunks;

/// <summary>Calls in the name of a provider by somebody who has not shown the certificate that its profile requires.</summary>
/// <param name="Count">How many since the start.</param>
/// <param name="At">When the last one came, UTC.</param>
/// <param name="From">Where it came from, <c>transport:address:port</c>.</param>
/// <param name="Text">Why it was not believed, in plain words.</param>
/// <param name="ToldAt">When one was told of last, UTC.</param>
public sealed record UnprovenClaim(long Count, DateTimeOffset At, string From, string Text, DateTimeOffset ToldAt)
{
    /// <summary>A verdict in plain words.</summary>
    public static string Of(CertificateVerdict verdict, SipProfile profile) => verdict switch
    {
        CertificateVerdict.NoTls => "The call came without TLS, where no certificate can be shown",
        CertificateVerdict.NoCertificate => "The connection of the call has shown no certificate, or more than 16 kB of them",
        CertificateVerdict.AnotherName => $"The certificate of the connection is not for {profile.EffectiveDomain}{(profile.EffectiveDomain == profile.Server ? "" : " or " + profile.Server)}",
        CertificateVerdict.NotTrusted => profile.TrustedCertificates.Length > 0
            ? "The certificate of the connection leads to none of the profile's trustedCertificates, or is not valid now"
            : "The certificate of the connection leads to none of the installation's roots (TLS_CA), or is not valid now",
        CertificateVerdict.AnotherUse => "The certificate of the connection, or of who issued it, is for other uses than TLS and SIP (extended key usage)",
        CertificateVerdict.NotAsked => "The connection was opened before certificates were asked for; it is closed, and the next one is asked",
        _ => "",
    };
}
