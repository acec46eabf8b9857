using System.Security.Cryptography.X509Certificates;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>Who the far side of a connection is by its certificate.</summary>
public sealed partial class SipTransport
{
    /// <summary>Who the far side of a connection has proved to be by its certificate; null without one, or when the connection is gone.</summary>
    public TlsPeer? PeerOf(in SipFlow flow) => _connections.Find(flow.Connection)?.Peer;

    /// <summary>
    /// Whether the far side of a connection, whoever opened it, has shown a certificate for one of these names that leads to the roots of an identity (RFC 5922 §7.1, §7.2): whatever the listener
    /// asked for, and whatever <see cref="TlsOptions.VerifyPeers"/> says. Of a connection that was closed a few seconds ago it is still known. From any thread.
    /// </summary>
    /// <param name="flow">What came over it.</param>
    /// <param name="names">Domains or addresses.</param>
    /// <param name="identity">Whose roots (<see cref="TlsOptions.Identities"/>); 0 for the installation's.</param>
    public CertificateVerdict Judge(in SipFlow flow, IReadOnlyList<string> names, int identity)
    {
        if (flow.Transport != SipTransportKind.Tls)
            return CertificateVerdict.NoTls;
        var connection = _connections.Find(flow.Connection);
        if ((connection is null ? _closed.Find(flow.Connection, _clock.Now) : connection.Shown) is not { } shown)
            return connection is { IsAsked: false } ? CertificateVerdict.NotAsked : CertificateVerdict.NoCertificate;
        if (!IsForOne(shown.Peer, names))
            return CertificateVerdict.AnotherName;

        return TryRoots(identity, out var roots) ? shown.Judge(identity, roots, _clock.Now) : CertificateVerdict.NotTrusted;
    }

    /// <summary>
    /// Closes a connection as soon as it is quiet, after the answers that are due: the far side makes another, and is asked for its certificate. Without effect on one that is gone. From any thread.
    /// </summary>
    public void Renew(in SipFlow flow) => _connections.Find(flow.Connection)?.CloseWhenQuiet();

    private static bool IsForOne(TlsPeer peer, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (name.Length > 0 && peer.IsFor(name, default))
                return true;
        }

        return false;
    }

    // An identity that is gone or cannot be read trusts nobody.
    private bool TryRoots(int identity, out X509Certificate2Collection? roots)
    {
        roots = null;
        if (identity != 0)
        {
            if (_options.Tls.Identities?.Find(identity) is not { } special)
                return false;
            if (special.Trusted is not null)
            {
                roots = special.Trusted;
                return true;
            }
        }

        if (_options.Tls.Certificates?.Invoke() is not { } installation)
            return false;

        roots = installation.Trusted;
        return true;
    }
}
