namespace Tandem.Scenarios.Peers;

/// <summary>A phone that sipp plays.</summary>
/// <param name="Number">Its extension.</param>
/// <param name="Port">Its port on loopback.</param>
public sealed record SippPhone(string Number, int Port)
{
    /// <summary>Its address, and that of the exchange for it; an IPv6 address in brackets.</summary>
    public string Host { get; init; } = "127.0.0.1";
}
