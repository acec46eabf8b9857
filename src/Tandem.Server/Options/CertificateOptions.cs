namespace Tandem.Server.Options;

/// <summary>The certificate that SIP over TLS and HTTPS show, and what they trust. The files are PEM.</summary>
public sealed record CertificateOptions
{
    /// <summary>Our certificate, the intermediate ones behind it; null for a self-signed one in the data folder.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The key of the certificate, without password; null when the certificate is self-signed.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The roots that certificates of others must lead to; null for those of the system.</summary>
    public string? TrustFile { get; init; }

    /// <summary>How often the files are looked at for a change. Default 5 s: a renewed certificate is in force at once, and reading three small files costs nothing.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a self-signed certificate is valid, in days. Default 3,650: phones that were told to trust it need not be told again.</summary>
    public int SelfSignedDays { get; init; } = 3_650;

    /// <summary>How long before its end a certificate is warned of, in days. Default 30: what renews certificates should have done it by then.</summary>
    public int WarnDays { get; init; } = 30;
}
