using Tandem.Calls.Trunks;
using Tandem.Core.Privacy;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Server.Rest;

/// <summary>The certificates of a SIP profile, as requests and commands set them.</summary>
internal static class ProfileTls
{
    /// <summary>The longest PEM text of one field, characters: four certificates of 4096 bits with their chain fit.</summary>
    public const int LongestPem = 32_768;

    private static readonly Secret None = new("");

    /// <summary>Puts what the draft says over a profile. A profile without certificate keeps no key.</summary>
    public static SipProfile Over(SipProfile profile, ProfileDraft draft)
    {
        var certificate = draft.ClientCertificate?.Trim() ?? profile.ClientCertificate;
        var key = draft.ClientKey is { } text ? new Secret(text.Trim()) : profile.ClientKey;
        return profile with
        {
            ClientCertificate = certificate,
            ClientKey = certificate.Length == 0 && draft.ClientKey is not { Length: > 0 } ? None : key,
            TrustedCertificates = draft.TrustedCertificates?.Trim() ?? profile.TrustedCertificates,
        };
    }

    /// <summary>What is wrong with the certificates of a profile; empty when nothing is. One that was saved may have expired since: only a new one has to be valid.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="draft">What is set now.</param>
    /// <param name="now">The time, UTC.</param>
    public static string Check(SipProfile profile, ProfileDraft draft, DateTimeOffset now)
    {
        if (profile.ClientCertificate.Length > LongestPem || profile.TrustedCertificates.Length > LongestPem || profile.ClientKey.Reveal().Length > LongestPem)
            return $"clientCertificate: PEM texts of up to {LongestPem} characters";
        if (profile is { InboundCertificate: InboundCertificate.Required, Transport: not SipTransportKind.Tls })
            return "inboundCertificate: required is of use over transport tls alone";
        if (profile.ClientCertificate.Length == 0 && profile.TrustedCertificates.Length == 0 && profile.ClientKey.Reveal().Length == 0)
            return "";
        if (profile.Transport != SipTransportKind.Tls)
            return "clientCertificate: certificates are of use over transport tls alone";

        var isNew = draft.ClientCertificate is not null || draft.ClientKey is not null;
        return TlsIdentity.TryCreate(profile.ClientCertificate, profile.ClientKey.Reveal(), profile.TrustedCertificates, isNew ? now : null, out _, out var problem) ? "" : problem;
    }

    /// <summary>What keeps a profile from working on this node although its settings are accepted, in plain words; empty for nothing.</summary>
    public static string WarningOf(SipProfile profile, TrunkTable trunks) =>
        profile is { Enabled: true, InboundCertificate: InboundCertificate.Required } && !trunks.ListensOverTls
            ? "inboundCertificate is required and this node listens nowhere over TLS (SIPS_PORT): its calls come in over connections alone that the exchange has opened itself" : "";

    /// <summary>When the client certificate of a profile ends, UTC; null without one.</summary>
    public static DateTimeOffset? ExpiryOf(SipProfile profile) =>
        profile.ClientCertificate.Length > 0 && TlsIdentity.TryCreate(profile.ClientCertificate, profile.ClientKey.Reveal(), "", null, out var identity, out _)
            ? identity!.Certificate!.NotAfter.ToUniversalTime() : null;
}
