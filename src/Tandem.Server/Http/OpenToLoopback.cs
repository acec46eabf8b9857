namespace Tandem.Server.Http;

/// <summary>Marks a route that this machine itself may always read, also in Production (probes of the operating system).</summary>
public sealed class OpenToLoopback;
