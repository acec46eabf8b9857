namespace Tandem.Sip.Resolution;

/// <summary>The types of records that we read, with their numbers on the wire.</summary>
public enum DnsType : ushort
{
    /// <summary>An IPv4 address (RFC 1035 §3.4.1).</summary>
    A = 1,

    /// <summary>The canonical name of an alias (RFC 1035 §3.3.1).</summary>
    Cname = 5,

    /// <summary>The start of a zone; how long a negative answer may be kept (RFC 2308 §5).</summary>
    Soa = 6,

    /// <summary>An IPv6 address (RFC 3596 §2.1).</summary>
    Aaaa = 28,

    /// <summary>The servers of a service (RFC 2782).</summary>
    Srv = 33,

    /// <summary>The services of a domain (RFC 3403 §4).</summary>
    Naptr = 35,

    /// <summary>EDNS(0) (RFC 6891 §6.1); never a question.</summary>
    Opt = 41,
}
