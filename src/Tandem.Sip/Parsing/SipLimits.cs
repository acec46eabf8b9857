namespace Tandem.Sip.Parsing;

/// <summary>What a message may cost before it is refused.</summary>
public sealed record SipLimits
{
    /// <summary>The limits of an installation that sets none.</summary>
    public static readonly SipLimits Default = new();

    /// <summary>Bytes of a whole message. Default 65,535: the largest datagram; streams keep the same bound.</summary>
    public int MaxMessageBytes { get; init; } = 65_535;

    /// <summary>Header fields of a message. Default 128: a long chain of proxies with Record-Route stays below 60.</summary>
    public int MaxHeaders { get; init; } = 128;

    /// <summary>Bytes of one header field with its folded lines. Default 8,192: an Identity header with its certificate fits.</summary>
    public int MaxHeaderBytes { get; init; } = 8_192;

    /// <summary>Bytes of the start line. Default 4,096.</summary>
    public int MaxStartLineBytes { get; init; } = 4_096;

    /// <summary>Elements of one comma list over all its fields. Default 64: more Via or Contact values than any real path has.</summary>
    public int MaxListElements { get; init; } = 64;

    /// <summary>Nested multipart bodies. Default 3.</summary>
    public int MaxBodyNesting { get; init; } = 3;
}
