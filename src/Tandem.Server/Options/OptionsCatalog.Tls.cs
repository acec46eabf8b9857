using Tandem.Server.Options.Kinds;
using Tandem.Sip.Transport;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Tls = "TLS";

    private static void AddTls(List<Setting> list)
    {
        list.Add(Tls, "TLS_CERT", o => o.Tls.CertificateFile, new TextKind("a PEM file"),
            "The certificate of SIP over TLS and of HTTPS, with the intermediate ones behind it (Let's Encrypt: fullchain.pem). A changed file is in force within TLS_POLL, without a restart.",
            main: true, defaultText: "a self-signed one in DATA_DIR/tls, made on the first start");
        list.Add(Tls, "TLS_KEY", o => o.Tls.KeyFile, new TextKind("a PEM file"), "The key of TLS_CERT, without password (Let's Encrypt: privkey.pem).", main: true, defaultText: "the key in DATA_DIR/tls");
        list.Add(Tls, "TLS_CA", o => o.Tls.TrustFile, new TextKind("a PEM file"), "The roots that certificates of other servers and of clients must lead to.", main: true, defaultText: "the roots of the system");
        list.Add(Tls, "TLS_VERIFY", o => o.SipTransport.Tls.VerifyPeers, SwitchKind.Instance,
            "Whether other servers must prove who they are: a valid chain, and the name that was called (RFC 5922). false encrypts without knowing for whom, and is warned of at every start.", main: true);
        list.Add(Tls, "TLS_CLIENT_CERT", o => o.SipTransport.Tls.ClientCertificates, WordKind.Of<ClientCertificatePolicy>(),
            "Whether SIP over TLS asks who connects for a certificate of TLS_CA: not at all, without insisting, or letting nobody in without. Where a SIP profile has inboundCertificate, all are asked even with none; who has none, or one that nobody trusts, still comes in then, except with required.", main: true);
        list.Add(Tls, "TLS_HANDSHAKE_TIMEOUT", o => o.SipTransport.Tls.HandshakeTimeout, Seconds(1, 60), "How long a handshake may take: three round trips and two signatures need far less.");
        list.Add(Tls, "TLS_MAX_HANDSHAKES", o => o.SipTransport.Tls.MaxHandshakes, Count(1, 1_000_000, "handshakes"), "Handshakes of SIP over TLS that may be under way at once; a new connection beyond is closed.");
        list.Add(Tls, "TLS_MAX_HANDSHAKES_PER_SOURCE", o => o.SipTransport.Tls.MaxHandshakesPerSource, Count(1, 1_000_000, "handshakes"), "The same for one address: an office whose phones all come back at once repeats a few.");
        list.Add(Tls, "TLS_POLL", o => o.Tls.PollInterval, Seconds(1, 86_400), "How often the files are looked at for a change.");
        list.Add(Tls, "TLS_SELF_SIGNED_DAYS", o => o.Tls.SelfSignedDays, Count(1, 36_500, "days"), "How long a self-signed certificate is valid: phones that were told to trust it need not be told again.");
        list.Add(Tls, "TLS_WARN_DAYS", o => o.Tls.WarnDays, Count(0, 3_650, "days"), "How long before its end a certificate is warned of: what renews certificates should have done it by then.");
    }
}
