using System.Security.Cryptography;
using Tandem.Media.Codecs;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>What a negotiation stands on. Immutable; sessions share one.</summary>
public sealed record NegotiationContext
{
    /// <summary>Limits and what holds for sides that nobody described.</summary>
    public required MediaOptions Options { get; init; }

    /// <summary>The formats that we read and write, in the order in which we like them.</summary>
    public required IReadOnlyList<AudioFormat> Formats { get; init; }

    /// <summary>How a side is negotiated with unless somebody says otherwise.</summary>
    public LegPolicy Policy => LegPolicy.Of(Options);

    /// <summary>The certificates that we show in DTLS, the first one to who is new; empty where there is none: then DTLS-SRTP is refused.</summary>
    public IReadOnlyList<CertificateFingerprint> Fingerprints { get; init; } = [];

    /// <summary>True when packets of the first format can be played by who agreed on the second.</summary>
    public Func<PayloadFormat, PayloadFormat, bool> Shares { get; init; } = static (left, right) => left.Format == right.Format;

    /// <summary>Fills keys and passwords. Default the system's cryptographic source.</summary>
    public FillRandom Random { get; init; } = RandomNumberGenerator.Fill;
}
