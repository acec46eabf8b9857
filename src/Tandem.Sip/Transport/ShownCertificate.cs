using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.Sip.Transport;

/// <summary>
/// The certificate that the far side of a connection has shown with the key that belongs to it, and what it sent to lead to a root. Whether it is believed, and for whom, is judged when somebody
/// wants to know, once for each set of roots. Thread-safe.
/// </summary>
internal sealed class ShownCertificate
{
    private const int MostIntermediates = 8;
    private const int MostJudged = 16;

    // RFC 5280 §4.2.1.12: what a certificate may be used for, where it says so.
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");

    private readonly byte[] _certificate;
    private readonly List<byte[]> _intermediates = [];
    private readonly Oid _use;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, bool> _judged = [];

    private ShownCertificate(X509Certificate2 certificate, X509Chain? chain, Oid use)
    {
        // Bytes of our own: the stream disposes what it has.
        _certificate = certificate.RawData;
        _use = use;
        Peer = TlsPeer.Of(certificate);
        foreach (var sent in chain?.ChainPolicy.ExtraStore ?? [])
        {
            if (_intermediates.Count < MostIntermediates)
                _intermediates.Add(sent.RawData);
        }
    }

    /// <summary>Who it says that its holder is.</summary>
    public TlsPeer Peer { get; }

    /// <summary>What a client showed to us, in the callback of its handshake.</summary>
    public static ShownCertificate OfClient(X509Certificate2 certificate, X509Chain? chain) => new(certificate, chain, ClientUse);

    /// <summary>What a server showed to us, in the callback of the handshake.</summary>
    public static ShownCertificate OfServer(X509Certificate2 certificate, X509Chain? chain) => new(certificate, chain, ServerUse);

    /// <summary>Whether it leads to one of the roots and is valid now. What was judged once holds as long as the connection does.</summary>
    /// <param name="identity">The number under which the roots are known (<see cref="TlsIdentities"/>); 0 for the installation's.</param>
    /// <param name="roots">The roots; null for those of the system.</param>
    public bool LeadsTo(int identity, X509Certificate2Collection? roots)
    {
        lock (_lock)
        {
            if (_judged.TryGetValue(identity, out var known))
                return known;

            if (_judged.Count >= MostJudged)
                _judged.Clear();
            return _judged[identity] = Build(roots);
        }
    }

    private bool Build(X509Certificate2Collection? roots)
    {
        var intermediates = new X509Certificate2Collection();
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(_certificate);
            foreach (var raw in _intermediates)
                intermediates.Add(X509CertificateLoader.LoadCertificate(raw));

            using var chain = new X509Chain { ChainPolicy = TlsHandshake.ChainPolicy(roots) };
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);
            chain.ChainPolicy.ApplicationPolicy.Add(_use);
            return chain.Build(certificate);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (var intermediate in intermediates)
                intermediate.Dispose();
        }
    }
}
