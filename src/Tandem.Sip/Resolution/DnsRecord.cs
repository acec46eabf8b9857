using Tandem.Core.Net;

namespace Tandem.Sip.Resolution;

/// <summary>One resource record of a type that we read (RFC 1035 §4.1.3), class IN. Immutable.</summary>
public sealed record DnsRecord
{
    /// <summary>Whose record it is.</summary>
    public required string Owner { get; init; }

    public required DnsType Type { get; init; }

    /// <summary>Seconds that it may be kept; 0 when the top bit was set (RFC 2181 §8).</summary>
    public uint Ttl { get; init; }

    /// <summary>A and AAAA: the address, port 0.</summary>
    public NetAddress Address { get; init; }

    /// <summary>CNAME: the canonical name. SRV: the server; the root, an empty text, says that there is none. NAPTR: the replacement.</summary>
    public string Target { get; init; } = "";

    /// <summary>SRV: lower ones are tried first. NAPTR: the preference within an order.</summary>
    public ushort Priority { get; init; }

    /// <summary>SRV: the share within its priority. NAPTR: the order.</summary>
    public ushort Weight { get; init; }

    /// <summary>SRV: the port.</summary>
    public ushort Port { get; init; }

    /// <summary>NAPTR: the flags, in lower case.</summary>
    public string Flags { get; init; } = "";

    /// <summary>NAPTR: the services, in upper case.</summary>
    public string Service { get; init; } = "";

    /// <summary>NAPTR: whether there is a regular expression; such a record is not for us (RFC 3263 §4.1).</summary>
    public bool HasExpression { get; init; }

    /// <summary>SOA: how long a negative answer may be kept, in seconds (RFC 2308 §5), without the record's own TTL.</summary>
    public uint Minimum { get; init; }
}
