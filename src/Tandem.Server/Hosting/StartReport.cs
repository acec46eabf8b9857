using Tandem.Core.Privacy;

namespace Tandem.Server.Hosting;

/// <summary>What the start page tells the operator.</summary>
public sealed record StartReport
{
    public required string Version { get; init; }

    public required string Environment { get; init; }

    /// <summary>The address for people: where a phone or browser elsewhere finds this machine.</summary>
    public required string Address { get; init; }

    public required int HttpPort { get; init; }

    public required int SipPort { get; init; }

    /// <summary>The port of SIP over TLS; null when it is not served.</summary>
    public int? SipsPort { get; init; }

    /// <summary>The port of HTTPS; null when it is not served.</summary>
    public int? HttpsPort { get; init; }

    /// <summary>The file of the certificate.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>SHA-256 of the certificate, for people to compare.</summary>
    public string CertificateFingerprint { get; init; } = "";

    /// <summary>True when nobody trusts the certificate who was not told to.</summary>
    public bool IsSelfSigned { get; init; }

    public required string ExtMin { get; init; }

    public required string ExtMax { get; init; }

    /// <summary>False with ENABLE_AUTH=false.</summary>
    public required bool AuthenticationEnabled { get; init; }

    /// <summary>The password of <c>admin</c>, on the first start only.</summary>
    public Secret? FirstPassword { get; init; }

    /// <summary>The database in words: <c>SQLite 3.40.1, /srv/tandem/data/tandem.db</c>.</summary>
    public required string Database { get; init; }

    public required string LogFile { get; init; }

    public required TimeSpan DrainGrace { get; init; }
}
