namespace Tandem.Scenarios.Peers;

/// <summary>How a linphonec is set up.</summary>
/// <param name="Number">Its extension.</param>
public sealed record LinphoneOptions(string Number)
{
    /// <summary>udp, tcp or tls.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>The tone that it sends, in Hz.</summary>
    public double ToneHertz { get; init; } = 440;

    /// <summary>Its keys go out as telephone-event (RFC 4733).</summary>
    public bool KeysAsEvents { get; init; } = true;

    /// <summary>Its keys go out as SIP INFO.</summary>
    public bool KeysAsInfo { get; init; }

    /// <summary>How its media is encrypted, mandatory if at all: <c>none</c>, <c>srtp</c> (SDES) or <c>dtls</c>.</summary>
    public string Encryption { get; init; } = "none";

    /// <summary>The port of the exchange; null for its SIP port.</summary>
    public int? Port { get; init; }

    /// <summary>A PEM file with the certificates that it trusts; empty: it takes any.</summary>
    public string TrustedRoots { get; init; } = "";
}
