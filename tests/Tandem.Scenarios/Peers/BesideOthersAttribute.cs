namespace Tandem.Scenarios.Peers;

/// <summary>
/// Marks a class of scenarios that may run while another such class does: it looks at signalling and waits for conditions. What measures sound, load, memory or time, what fails
/// when a message is repeated after half a second (sipp does), and every class without this mark, has the machine for itself.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BesideOthersAttribute : Attribute;
