namespace Tandem.Scenarios.Peers;

/// <summary>A phone that sipp plays.</summary>
/// <param name="Number">Its extension.</param>
/// <param name="Port">Its port on loopback.</param>
public sealed record SippPhone(string Number, int Port);
