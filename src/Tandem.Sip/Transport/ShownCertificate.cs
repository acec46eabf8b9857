using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>
/// The certificate that the far side of a connection has shown with the key that belongs to it, and what it sent to lead to a root. Anybody may show one: it is kept as bytes, which are bounded,
/// and nothing of it is read before somebody wants to know whether it is believed, and for whom. Thread-safe.
/// </summary>
internal sealed class ShownCertificate
{
    /// <summary>Bytes of the certificate and of what was sent with it. More is not kept, as if nothing had been shown: a chain has three or four certificates of 1 to 2 kB.</summary>
    internal const int MostBytes = 16_384;

    /// <summary>Names of a certificate. One with more is for nobody.</summary>
    internal const int MostNames = 100;

    private const int MostIntermediates = 8;
    private const int MostJudged = 16;
    private const string AnyUse = "2.5.29.37.0";

    // A certificate ends, and no connection has to.
    private static readonly TimeSpan JudgedAnew = TimeSpan.FromHours(1);

    // RFC 5280 §4.2.1.12: what a certificate may be used for, where it says so. RFC 5922 asks for no use, and authorities give certificates for servers alone, which show them when they call as well:
    // TLS in either role, or a SIP domain (RFC 5924).
    private static readonly string[] Uses = ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.20"];

    private readonly byte[] _certificate;
    private readonly List<byte[]> _intermediates;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Judgement> _judged = [];
    private TlsPeer? _peer;

    private ShownCertificate(byte[] certificate, List<byte[]> intermediates)
    {
        _certificate = certificate;
        _intermediates = intermediates;
    }

    /// <summary>Who it says that its holder is.</summary>
    public TlsPeer Peer
    {
        get
        {
            lock (_lock)
            {
                if (_peer is not null)
                    return _peer;

                using var certificate = X509CertificateLoader.LoadCertificate(_certificate);
                return _peer = TlsPeer.Of(certificate, MostNames);
            }
        }
    }

    /// <summary>What the far side showed, in the callback of the handshake; null when it is more than is kept.</summary>
    public static ShownCertificate? Of(X509Certificate2 certificate, X509Chain? chain)
    {
        // Bytes of our own: the stream disposes what it has.
        var own = certificate.RawData;
        var size = own.Length;
        var intermediates = new List<byte[]>();
        foreach (var sent in chain?.ChainPolicy.ExtraStore ?? [])
        {
            var raw = sent.RawData;
            size += raw.Length;
            if (size > MostBytes)
                return null;
            if (intermediates.Count < MostIntermediates)
                intermediates.Add(raw);
        }

        return size > MostBytes ? null : new ShownCertificate(own, intermediates);
    }

    /// <summary>
    /// Whether it leads to one of the roots, is valid now, and may be used for this: proven, or why not. A judgement holds for an hour, and for as long as the roots are the same object.
    /// </summary>
    /// <param name="identity">The number under which the roots are known (<see cref="TlsIdentities"/>); 0 for the installation's.</param>
    /// <param name="roots">The roots; null for those of the system.</param>
    /// <param name="now">The moment.</param>
    public CertificateVerdict Judge(int identity, X509Certificate2Collection? roots, Moment now)
    {
        lock (_lock)
        {
            if (_judged.TryGetValue(identity, out var known) && ReferenceEquals(known.Roots, roots) && now - known.At < JudgedAnew)
                return known.Verdict;

            if (_judged.Count >= MostJudged)
                _judged.Clear();
            var verdict = Build(roots);
            _judged[identity] = new Judgement(roots, verdict, now);
            return verdict;
        }
    }

    private CertificateVerdict Build(X509Certificate2Collection? roots)
    {
        var intermediates = new X509Certificate2Collection();
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(_certificate);
            foreach (var raw in _intermediates)
                intermediates.Add(X509CertificateLoader.LoadCertificate(raw));

            using var chain = new X509Chain { ChainPolicy = TlsHandshake.ChainPolicy(roots) };
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);
            if (!chain.Build(certificate))
                return CertificateVerdict.NotTrusted;

            return Array.Exists(Uses, use => MayBeUsed(chain, use)) ? CertificateVerdict.Proven : CertificateVerdict.AnotherUse;
        }
        catch (CryptographicException)
        {
            return CertificateVerdict.NotTrusted;
        }
        finally
        {
            foreach (var intermediate in intermediates)
                intermediate.Dispose();
        }
    }

    // Whoever issues may narrow what is issued; the root is trusted for whatever it is used.
    private static bool MayBeUsed(X509Chain chain, string use)
    {
        var narrowing = Math.Max(1, chain.ChainElements.Count - 1);
        for (var i = 0; i < narrowing; i++)
        {
            foreach (var extension in chain.ChainElements[i].Certificate.Extensions)
            {
                if (extension is X509EnhancedKeyUsageExtension uses && uses.EnhancedKeyUsages[use] is null && uses.EnhancedKeyUsages[AnyUse] is null)
                    return false;
            }
        }

        return true;
    }

    private readonly record struct Judgement(X509Certificate2Collection? Roots, CertificateVerdict Verdict, Moment At);
}
