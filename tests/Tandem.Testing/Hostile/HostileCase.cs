namespace Tandem.Testing.Hostile;

/// <summary>One hostile message.</summary>
/// <param name="Name">Method, place and anomaly: enough to find it again.</param>
/// <param name="Bytes">The datagram.</param>
public sealed record HostileCase(string Name, byte[] Bytes);
