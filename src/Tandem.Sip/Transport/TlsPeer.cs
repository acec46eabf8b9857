using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.Core.Net;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Transport;

/// <summary>
/// Who a verified certificate says that its holder is: the SIP domain identities of RFC 5922 §7.1, and the addresses of its
/// subjectAltName for targets that are addresses. Immutable.
/// </summary>
public sealed class TlsPeer
{
    private const string SubjectAltName = "2.5.29.17";
    private const string CommonName = "2.5.4.3";
    private static readonly Asn1Tag DnsNameTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag IpAddressTag = new(TagClass.ContextSpecific, 7);

    private TlsPeer(IReadOnlyList<string> domains, IReadOnlyList<IPAddress> addresses)
    {
        Domains = domains;
        Addresses = addresses;
    }

    /// <summary>Domains, as they stand in the certificate.</summary>
    public IReadOnlyList<string> Domains { get; }

    /// <summary>Addresses of the subjectAltName.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>
    /// Reads the identities of a certificate: hosts of <c>sip:</c> URIs without user; DNS names only when there is no such URI;
    /// the common name only when there is no subjectAltName. One that cannot be read has none.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="most">Names that it may have; one with more has none.</param>
    public static TlsPeer Of(X509Certificate2 certificate, int most = int.MaxValue)
    {
        var uriDomains = new List<string>();
        var dnsNames = new List<string>();
        var addresses = new List<IPAddress>();
        var hasSubjectAltName = false;
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAltName)
                continue;

            hasSubjectAltName = true;
            try
            {
                if (!TryRead(extension.RawData, most, uriDomains, dnsNames, addresses))
                    return new TlsPeer([], []);
            }
            catch (Exception e) when (e is AsnContentException or CryptographicException or ArgumentException)
            {
                return new TlsPeer([], []);
            }
        }

        if (!hasSubjectAltName && FindCommonName(certificate) is { } name)
            dnsNames.Add(name);

        return new TlsPeer(uriDomains.Count > 0 ? uriDomains : dnsNames, addresses);
    }

    /// <summary>
    /// Whether the certificate is for this domain or, when that is an address or null, for <paramref name="remote"/> itself. Names
    /// are compared whole and without regard to case; a wildcard is nothing but a name that no host has (RFC 5922 §7.2).
    /// </summary>
    public bool IsFor(string? domain, in NetAddress remote)
    {
        var address = remote.ToIPAddress();
        if (domain is not null && !IPAddress.TryParse(domain.AsSpan().Trim("[]"), out address!))
            return HasDomain(domain);

        foreach (var known in Addresses)
        {
            if (known.Equals(address))
                return true;
        }

        // "sip:192.0.2.1" is a host part as well.
        return HasDomain(address.ToString());
    }

    private bool HasDomain(string domain)
    {
        var wanted = domain.AsSpan().TrimEnd('.');
        foreach (var known in Domains)
        {
            if (known.AsSpan().TrimEnd('.').Equals(wanted, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool TryRead(byte[] extension, int most, List<string> uriDomains, List<string> dnsNames, List<IPAddress> addresses)
    {
        var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            if (most-- <= 0)
                return false;

            var tag = names.PeekTag();
            if (tag.HasSameClassAndValue(DnsNameTag))
                dnsNames.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, DnsNameTag));
            else if (tag.HasSameClassAndValue(IpAddressTag))
                addresses.Add(new IPAddress(names.ReadOctetString(IpAddressTag)));
            else if (!tag.HasSameClassAndValue(UriTag))
                names.ReadEncodedValue();
            else if (FindDomain(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag)) is { } domain)
                uriDomains.Add(domain);
        }

        return true;
    }

    // "sip" only, not "sips"; a URI with a user names a person.
    private static string? FindDomain(string text) =>
        SipUriValue.TryParse(Encoding.UTF8.GetBytes(text), out var uri) && uri.Scheme == UriScheme.Sip && !text.Contains('@', StringComparison.Ordinal)
            ? Encoding.ASCII.GetString(uri.Host)
            : null;

    private static string? FindCommonName(X509Certificate2 certificate)
    {
        try
        {
            foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
            {
                if (!part.HasMultipleElements && part.GetSingleElementType().Value == CommonName
                    && part.GetSingleElementValue() is { } name && Uri.CheckHostName(name) == UriHostNameType.Dns)
                {
                    return name;
                }
            }
        }
        catch (CryptographicException)
        {
            // A subject that cannot be read names nobody.
        }

        return null;
    }
}
